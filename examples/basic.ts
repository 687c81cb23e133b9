/**
 * Two tasks take turns: the lock is free again when the block ends.
 *
 * ```sh
 * deno run examples/basic.ts
 * ```
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Basic Usage of Asyncio.Lock" (003_5c652c8e03ed51e7.txt).
 *
 * @module
 */

import { Lock } from "../mod.ts";

const lock = new Lock();

async function myTask() {
  using _ = await lock.acquire();
  console.log("Lock acquired");
}

await Promise.all([myTask(), myTask()]);
