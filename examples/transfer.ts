/**
 * Two transfers in opposite directions wait for each other if each locks its own
 * account first. In a consistent order, or with `acquireAll`, they do not.
 *
 * ```sh
 * deno run examples/transfer.ts
 * ```
 *
 * A consistent order works with any locks, as long as the whole program keeps
 * to it. With `acquireAll` the order does not matter.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Deadlock".
 *
 * @module
 */

import { KeyedLock, Lock } from "../mod.ts";

interface Account {
  name: string;
  balance: number;
  lock: Lock;
}

async function nested(from: Account, to: Account, amount: number) {
  using _from = await from.lock.acquire();
  console.log(`${from.name} to ${to.name}: holds ${from.name}`);
  await pause(10); // the other transfer takes its first lock here
  // Without the timeout, the program would hang here.
  using _to = await to.lock.acquire({ timeout: 100 });
  await move(from, to, amount);
}

async function inOrder(from: Account, to: Account, amount: number) {
  const [first, second] = from.name < to.name ? [from, to] : [to, from];
  using _first = await first.lock.acquire();
  using _second = await second.lock.acquire();
  await move(from, to, amount);
}

const accounts = new KeyedLock();

async function allAtOnce(from: Account, to: Account, amount: number) {
  using _ = await accounts.acquireAll([from.name, to.name]);
  await move(from, to, amount);
}

async function move(from: Account, to: Account, amount: number) {
  const before = [from.balance, to.balance] as const;
  await pause(10); // another transfer of these accounts would be lost here
  from.balance = before[0] - amount;
  to.balance = before[1] + amount;
  console.log(`${from.name} to ${to.name}: moved ${amount}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const print = (value: unknown) => console.log(`${value}`);

for (const transfer of [nested, inOrder, allAtOnce]) {
  print(`--- ${transfer.name} ---`);
  const account = (name: string): Account => (
    { name, balance: 100, lock: new Lock({ name }) }
  );
  const ann = account("Ann");
  const bob = account("Bob");
  await Promise.all([
    transfer(ann, bob, 30).catch(print),
    transfer(bob, ann, 10).catch(print),
  ]);
  print(`Ann ${ann.balance}, Bob ${bob.balance} (expected: Ann 80, Bob 120)`);
}
