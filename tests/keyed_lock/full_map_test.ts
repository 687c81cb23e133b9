/**
 * A `Map` has room for 2^24 keys and then throws. A call that needs one more key
 * fails, and leaves everything as it was.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";
import { settledState } from "../support/promises.ts";

/** While `work` runs, every map throws after so many more keys. */
function withRoomFor<T>(room: number, work: () => T): T {
  const { set } = Map.prototype;
  Map.prototype.set = function (...args) {
    if (--room < 0) throw new RangeError("Map maximum size exceeded");
    return set.apply(this, args);
  };
  try {
    return work();
  } finally {
    Map.prototype.set = set;
  }
}

/** All that a call might change. */
function look(lock: KeyedLock): unknown {
  return [
    Deno.inspect(lock),
    Array.from(lock.keys(), (key) => [key, lock.waiting(key)]),
  ];
}

const NEW = Array.from({ length: 40 }, (_, i) => `new ${i}`);

const calls: Record<string, (lock: KeyedLock) => Promise<unknown>> = {
  "acquire()": (lock) => lock.acquire("new"),
  "acquire() with options": (lock) => lock.acquire("new", {}),
  "acquireAll() of free keys": (lock) => lock.acquireAll(NEW),
  "acquireAll() that would wait": (lock) =>
    lock.acquireAll(["held", ...NEW, "reserved"], {}),
  "run()": (lock) => lock.run("new", () => 1),
  "runAll()": (lock) => lock.runAll(NEW, () => 1),
  // deno-lint-ignore require-await -- so that it rejects rather than throws
  "tryAcquire()": async (lock) => lock.tryAcquire("new"),
  // deno-lint-ignore require-await
  "tryAcquireAll()": async (lock) => lock.tryAcquireAll(NEW),
};

for (const [title, call] of Object.entries(calls)) {
  for (const others of [0, 13, 14, 15, 31]) {
    Deno.test(`${title} beside ${others + 2} keys leaves all as it was if the map is full`, async () => {
      for (let room = 0;; room++) {
        const lock = new KeyedLock();
        const guards = [lock.tryAcquire("held")!];
        for (let i = 0; i < others; i++) {
          guards.push(lock.tryAcquire(`other ${i}`)!);
        }
        const waits = [
          lock.acquireAll(["held", "reserved"]),
          lock.acquire("reserved"),
        ];
        const before = look(lock);
        const result = withRoomFor(room, () => call(lock));
        if (await settledState(result) !== "rejected") {
          assert(room > 0, "it needs no room");
          break;
        }
        await assertRejects(() => result, RangeError, "maximum size");
        assertEquals(look(lock), before);
        // Every key comes free, and can be taken again.
        for (const guard of guards) guard.release();
        for (const wait of waits) (await wait).release();
        assertEquals([...lock.keys()], []);
        lock.tryAcquireAll(["held", "reserved", "new", ...NEW])!.release();
        assertEquals(lock.size, 0);
      }
    });
  }
}
