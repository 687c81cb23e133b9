/**
 * Two transfers in opposite directions wait for each other if each takes one
 * account after the other. `acquireAll` takes both accounts in one step.
 *
 * ```sh
 * deno run examples/transfer.ts
 * ```
 *
 * Taking the accounts in a fixed order would work too, as long as the whole
 * program keeps to that order. With `acquireAll` the order does not matter.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Deadlock" (001_f9ae6bf3055aadfb.txt).
 *
 * @module
 */

import { KeyedLock } from "../mod.ts";

const balances = { Ann: 100, Bob: 100 };
type Owner = keyof typeof balances;
const accounts = new KeyedLock<Owner>({ name: "accounts" });

async function transferNested(from: Owner, to: Owner, amount: number) {
  using _from = await accounts.acquire(from);
  console.log(`${from} to ${to}: holds ${from}, waits for ${to}`);
  // Without the timeout, the program would hang here.
  using _to = await accounts.acquire(to, { timeout: 100 });
  await move(from, to, amount);
}

async function transfer(from: Owner, to: Owner, amount: number) {
  using _ = await accounts.acquireAll([from, to]);
  console.log(`${from} to ${to}: holds both`);
  await move(from, to, amount);
}

async function move(from: Owner, to: Owner, amount: number) {
  const before = { ...balances };
  await pause(10); // another transfer of these accounts would be lost here
  balances[from] = before[from] - amount;
  balances[to] = before[to] + amount;
  console.log(`${from} to ${to}: moved ${amount}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const print = (value: unknown) => console.log(`${value}`);

print("Nested locks");
await Promise.all([
  transferNested("Ann", "Bob", 30).catch(print),
  transferNested("Bob", "Ann", 10).catch(print),
]);
print(`Ann ${balances.Ann}, Bob ${balances.Bob} (expected: Ann 80, Bob 120)`);

balances.Ann = balances.Bob = 100;

print("acquireAll");
await Promise.all([
  transfer("Ann", "Bob", 30),
  transfer("Bob", "Ann", 10),
]);
print(`Ann ${balances.Ann}, Bob ${balances.Bob} (expected: Ann 80, Bob 120)`);
