/**
 * A hundred tasks add one to the same counter, and now and then two of them
 * overlap. Without a lock they count to 95, with one to 100.
 *
 * ```sh
 * deno run examples/hundred_tasks.ts
 * ```
 *
 * A fault like this is easy to miss in tests: most tasks count, and one is lost
 * only if two meet.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Specifications (Input/Output)".
 *
 * @module
 */

import { Lock } from "../mod.ts";

let counter = 0;

async function count(task: number) {
  const current = counter;
  // Every twentieth task takes so long that the next one starts meanwhile.
  await pause(task % 20 === 10 ? 2 : 1);
  counter = current + 1;
}

const lock = new Lock();
const countWithLock = (task: number) => lock.run(() => count(task));

/** Lets whatever else is ready run, so many times. */
async function pause(turns: number) {
  for (let i = 0; i < turns; i++) await nextTurn();
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function main(work: (task: number) => Promise<void>) {
  counter = 0;
  const tasks: Promise<void>[] = [];
  for (let task = 1; task <= 100; task++) {
    tasks.push(work(task));
    await nextTurn();
  }
  await Promise.all(tasks);
  return counter;
}

console.log(`Without a lock: ${await main(count)} (expected: 100)`);
console.log(`With a lock: ${await main(countWithLock)} (expected: 100)`);
