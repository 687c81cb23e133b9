/**
 * Three tasks add one to the same counter. Without a lock, each overwrites what
 * the others wrote. With a lock, all three count.
 *
 * ```sh
 * deno run examples/counter.ts
 * ```
 *
 * Source: Asyncio in Practice, "Async Locks and asyncio.Lock()", "The Problem:
 * Interleaved State Mutation" and "Using asyncio.Lock()".
 *
 * @module
 */

import { Lock } from "../mod.ts";

let sharedCounter = 0;

async function incrementWithoutLock(label: string) {
  const currentValue = sharedCounter;
  await pause(0); // the other tasks run here
  sharedCounter = currentValue + 1;
  console.log(`${label}: counter = ${sharedCounter}`);
}

const lock = new Lock();

async function increment(label: string) {
  using _ = await lock.acquire();
  const currentValue = sharedCounter;
  await pause(0); // safe: no other task can get in
  sharedCounter = currentValue + 1;
  console.log(`${label}: counter = ${sharedCounter}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const task of [incrementWithoutLock, increment]) {
  console.log(`--- ${task.name} ---`);
  sharedCounter = 0;
  await Promise.all(["task_A", "task_B", "task_C"].map((label) => task(label)));
  console.log(`Final counter: ${sharedCounter}`);
}
