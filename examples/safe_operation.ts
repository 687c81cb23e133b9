/**
 * Only one task at a time is inside the block, and the lock is free again when
 * the block ends.
 *
 * ```sh
 * deno run examples/safe_operation.ts
 * ```
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Basic Usage".
 *
 * @module
 */

import { Lock } from "../mod.ts";

const lock = new Lock();

async function safeOperation() {
  using _ = await lock.acquire();
  // Only one task can execute here at a time
  console.log("Locked processing...");
}

console.log(`Locked before: ${lock.locked}`); // the initial state is "unlocked"
const operations = [safeOperation(), safeOperation()];
console.log(`One is inside, ${lock.waiting} waits`);
await Promise.all(operations);
console.log(`Locked afterwards: ${lock.locked}`);
