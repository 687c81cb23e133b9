/**
 * Three tasks add one to the same counter. Without a lock, each overwrites what
 * the others wrote. With a lock, all three count.
 *
 * ```sh
 * deno run examples/counter.ts
 * ```
 *
 * Source: Asyncio in Practice, "Async Locks and asyncio.Lock()", the first two
 * listings (000_247a1ba5186c2ae7.txt).
 *
 * @module
 */

import { Lock } from "../mod.ts";

const tasks = ["task_A", "task_B", "task_C"];
const lock = new Lock();
let counter = 0;

async function increment(task: string) {
  const current = counter;
  await Promise.resolve(); // the other tasks run here
  counter = current + 1;
  console.log(`${task}: counter = ${counter}`);
}

console.log("Without a lock");
await Promise.all(tasks.map((task) => increment(task)));
console.log(`Final counter: ${counter} (expected: 3)`);

counter = 0;

console.log("With a lock");
await Promise.all(tasks.map((task) => lock.run(() => increment(task))));
console.log(`Final counter: ${counter} (expected: 3)`);
