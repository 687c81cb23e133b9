/**
 * Five tasks append to one list. Without an `await` inside, they need no lock.
 * With one, only a lock lets each find the list as it left it.
 *
 * ```sh
 * deno run examples/shared_resource.ts
 * ```
 *
 * The source takes a lock where nothing can come in between. Its numbers are
 * random. Here they come from a seed, so that the output is always the same.
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Example 2: Managing Shared Resources".
 *
 * @module
 */

import { Lock } from "../mod.ts";

async function accessSharedResource(lock: Lock, resource: number[]) {
  using _ = await lock.acquire();
  resource.push(randint(1, 100));
  console.log(`Resource state: ${show(resource)}`);
}

function withoutLock(_lock: Lock, resource: number[]) {
  resource.push(randint(1, 100));
  console.log(`Resource state: ${show(resource)}`);
}

async function waitingWithoutLock(_lock: Lock, resource: number[]) {
  resource.push(randint(1, 100));
  await pause(10); // the other tasks append here
  console.log(`Resource state: ${show(resource)}`);
}

async function waiting(lock: Lock, resource: number[]) {
  using _ = await lock.acquire();
  await waitingWithoutLock(lock, resource);
}

const show = (list: number[]) => `[${list.join(", ")}]`;

let seed = 1;
function randint(from: number, to: number) {
  seed = seed * 16807 % 2147483647;
  return from + seed % (to - from + 1);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const forms = [accessSharedResource, withoutLock, waitingWithoutLock, waiting];
for (const access of forms) {
  console.log(`--- ${access.name} ---`);
  seed = 1;
  const lock = new Lock();
  const sharedResource: number[] = [];
  const tasks = Array.from({ length: 5 }, () => access(lock, sharedResource));
  await Promise.all(tasks);
}
