/**
 * A lock is taken and freed by hand, in a `finally`, so that it is free again
 * even if the work fails. The guard does it across functions too.
 *
 * ```sh
 * deno run examples/manual_release.ts
 * ```
 *
 * The source takes this form for a hold that spans several functions. There
 * `lock.release()` is a risk: it ends the present hold, whoever has it. A guard
 * ends its own hold and no other. If one function will do, prefer `using`.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Advanced Usage".
 *
 * @module
 */

import { Lock, type LockGuard } from "../mod.ts";

const lock = new Lock();

async function manualLockExample() {
  console.log("Acquiring lock...");
  await lock.acquire();
  try {
    console.log("Executing critical section");
    await pause(100);
  } finally {
    // The lock is released even if an error occurs
    console.log("Releasing lock");
    lock.release();
  }
}

async function begin() {
  console.log("Acquiring lock...");
  return await lock.acquire();
}

function end(guard: LockGuard) {
  console.log("Releasing lock");
  guard.release();
}

async function acrossFunctions(work: () => Promise<unknown>) {
  const guard = await begin();
  try {
    console.log("Executing critical section");
    await work();
  } finally {
    end(guard);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await manualLockExample();
console.log(`Locked: ${lock.locked}`);

console.log("--- Across functions, by the guard ---");
await acrossFunctions(() => Promise.reject(new Error("Disk full")))
  .catch((error) => console.log(`${error}`));
console.log(`Locked: ${lock.locked}`);
