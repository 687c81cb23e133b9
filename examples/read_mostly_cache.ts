/**
 * Many tasks read prices side by side, and one task replaces them while nobody
 * reads. With a read-write lock, no reader sees old and new prices together.
 *
 * ```sh
 * deno run examples/read_mostly_cache.ts
 * ```
 *
 * A reader that comes while the writer waits gets in after it. So the writer
 * does not wait for ever, however many readers come.
 *
 * @module
 */

import { RwLock } from "../mod.ts";

const lock = new RwLock();
const prices = { apple: 1, pear: 2 };

async function read(reader: string) {
  using _ = await lock.read.acquire();
  await readUnsafely(reader);
}

async function readUnsafely(reader: string) {
  console.log(`${reader} begins`);
  const { apple } = prices;
  await pause(100); // other tasks run here
  console.log(`${reader}: ${apple} + ${prices.pear}`);
}

async function refresh() {
  using _ = await lock.write.acquire();
  await refreshUnsafely();
}

async function refreshUnsafely() {
  prices.apple *= 10;
  await pause(10);
  prices.pear *= 10;
  console.log("All prices are new");
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

console.log("Without a lock");
await Promise.all([
  readUnsafely("Reader 1"),
  refreshUnsafely(),
  readUnsafely("Reader 2"),
]);

console.log("With a read-write lock");
await Promise.all([
  read("Reader 1"),
  read("Reader 2"),
  refresh(),
  read("Reader 3"),
]);
