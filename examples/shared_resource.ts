/**
 * Five tasks append to one list. Each finds the list as it left it, even after it
 * waited for something else while it held the lock.
 *
 * ```sh
 * deno run examples/shared_resource.ts
 * ```
 *
 * The source draws its numbers at random. Here they are fixed, so that the output
 * is always the same.
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Example 2: Managing Shared Resources" (003_5c652c8e03ed51e7.txt).
 *
 * @module
 */

import { Lock } from "../mod.ts";

const lock = new Lock();
const resource: number[] = [];

async function accessSharedResource(value: number) {
  using _ = await lock.acquire();
  resource.push(value);
  await pause(10); // without the lock, the others would append here
  console.log(`Resource state: [${resource.join(", ")}]`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await Promise.all([17, 42, 8, 99, 23].map(accessSharedResource));
