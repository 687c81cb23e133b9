/**
 * Two tasks take turns: the lock is free again when the block ends.
 *
 * ```sh
 * deno run examples/basic.ts
 * ```
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Basic Usage of Asyncio.Lock".
 *
 * @module
 */

import { Lock } from "../mod.ts";

async function myTask(lock: Lock) {
  using _ = await lock.acquire();
  console.log("Lock acquired");
}

async function main() {
  const lock = new Lock();
  await Promise.all([myTask(lock), myTask(lock)]);
}

await main();
