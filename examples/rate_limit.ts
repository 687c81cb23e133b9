/**
 * A lock lets one task run at a time, but that is not a limit per second. The
 * source promises two tasks per second and gets one. A semaphore gives two.
 *
 * ```sh
 * deno run examples/rate_limit.ts
 * ```
 *
 * A task takes a second, so tasks one after the other make one per second. If
 * they took a millisecond, a lock would let a thousand through. A limit of two
 * per second has to keep each permit for a second, however long the task takes.
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Example 1: Using Locks for Rate Limiting".
 *
 * @module
 */

import { Lock, Semaphore } from "../mod.ts";

async function criticalTask(lock: Lock) {
  using _ = await lock.acquire();
  await pause(1000); // simulate critical work
  console.log("Critical task completed");
}

async function rateLimiter(lock: Lock, rate: number) {
  for (let i = 0; i < rate; i++) await criticalTask(lock);
}

async function main() {
  const lock = new Lock();
  // "Run 5 tasks, but limit to 2 tasks per second"
  await Promise.all([
    rateLimiter(lock, 2),
    rateLimiter(lock, 2),
    rateLimiter(lock, 1),
  ]);
}

const perSecond = new Semaphore(2);

async function limited(task: () => Promise<void>) {
  const guard = await perSecond.acquire();
  setTimeout(() => guard.release(), 1000); // not when the task ends
  console.log(`Starts in second ${seconds()}`);
  await task();
}

async function workAlone() {
  await pause(1000);
  console.log("Critical task completed");
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let start = Date.now();
// Rounds down, since timers are late on a busy machine and seldom early.
const seconds = () => Math.floor((Date.now() - start + 100) / 1000);

console.log("--- With a lock, as in the source ---");
await main();
console.log(`5 tasks in ${seconds()} seconds: one per second, not two`);

console.log("--- With a semaphore ---");
start = Date.now();
await Promise.all(Array.from({ length: 5 }, () => limited(workAlone)));
console.log(`5 tasks in ${seconds()} seconds: two per second`);
