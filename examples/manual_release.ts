/**
 * A hold that begins in one function and ends in another is released by hand, in
 * a `finally`, so that it ends even if the work fails.
 *
 * ```sh
 * deno run examples/manual_release.ts
 * ```
 *
 * If the hold begins and ends in one function, prefer `using` or `run()`.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Advanced Usage" (001_f9ae6bf3055aadfb.txt).
 *
 * @module
 */

import { Lock, type LockGuard } from "../mod.ts";

const lock = new Lock();

async function begin() {
  console.log("Acquiring lock...");
  return await lock.acquire();
}

function end(guard: LockGuard) {
  console.log("Releasing lock");
  // Python's `lock.release()` exists here too, but it ends the present hold,
  // whoever has it. The guard ends its own hold and no other.
  guard.release();
}

async function manualLockExample(work: () => Promise<unknown>) {
  const guard = await begin();
  try {
    console.log("Executing critical section");
    await work();
  } finally {
    end(guard);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await manualLockExample(() => pause(100));
console.log(`Locked: ${lock.locked}`);

try {
  await manualLockExample(() => Promise.reject(new Error("Disk full")));
} catch (error) {
  console.log(`${error}`);
}
console.log(`Locked: ${lock.locked}`);
