/**
 * `KeyedLock` beside what its work costs at the least: a `Map` that is asked,
 * set and deleted from, and an `await`. Each iteration does 1 000 of them.
 */

import { KeyedLock } from "../keyed_lock.ts";

const TIMES = 1_000;
const resolved = Promise.resolve();

for (const count of [1, 1_000]) {
  const group = `acquire and release, ${count.toLocaleString("en")} key(s)`;
  const keys = Array.from({ length: TIMES }, (_, i) => `key ${i % count}`);

  const map = new Map<string, object>();
  Deno.bench({ name: "Map and await", group, baseline: true }, async () => {
    for (const key of keys) {
      if (map.get(key) === undefined) map.set(key, {});
      await resolved;
      map.delete(key);
    }
  });

  const lock = new KeyedLock();
  Deno.bench({ name: "acquire() and release()", group }, async () => {
    for (const key of keys) (await lock.acquire(key)).release();
  });
}

{
  const group = "one hot key";
  const hot = (lock: KeyedLock<number>) => () => {
    for (let i = 0; i < TIMES; i++) lock.tryAcquire(-1)?.release();
  };

  Deno.bench(
    { name: "no other key held", group, baseline: true },
    hot(new KeyedLock()),
  );

  const full = new KeyedLock<number>();
  full.tryAcquireAll(Array.from({ length: 100_000 }, (_, i) => i));
  Deno.bench({ name: "100,000 other keys held", group }, hot(full));
}
