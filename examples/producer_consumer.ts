/**
 * A producer waits while the shelf is full, and a consumer while it is empty. A
 * condition lets each go on when the other has changed the shelf.
 *
 * ```sh
 * deno run examples/producer_consumer.ts
 * ```
 *
 * `waitFor` frees the lock while it waits, and holds it again afterwards. It
 * looks again after each notification, since another consumer may have been
 * there first.
 *
 * @module
 */

import { Condition } from "../mod.ts";

const SIZE = 2;
const shelf: string[] = [];
const changed = new Condition();

async function put(item: string) {
  using guard = await changed.lock.acquire();
  await changed.waitFor(guard, () => shelf.length < SIZE);
  shelf.push(item);
  console.log(`Put ${item}: [${shelf.join(", ")}]`);
  changed.notifyAll();
}

async function take() {
  using guard = await changed.lock.acquire();
  await changed.waitFor(guard, () => shelf.length > 0);
  const item = shelf.shift();
  console.log(`Took ${item}: [${shelf.join(", ")}]`);
  changed.notifyAll();
}

async function producer(items: string[]) {
  for (const item of items) await put(item);
  console.log("The producer is done");
}

async function consumer(count: number) {
  for (let i = 0; i < count; i++) {
    await take();
    await pause(10); // the producer fills the shelf meanwhile, and waits
  }
  console.log("The consumer is done");
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await Promise.all([
  consumer(4), // waits, since the shelf is empty
  producer(["bread", "cake", "rolls", "tarts"]),
]);
