/** User code that runs in the middle of a call, and code that lies. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RwLock, RwLockSide } from "../../rw_lock.ts";

Deno.test("a subclass prints its own name and is decided by its own state", async () => {
  class Liar extends RwLock {
    override get name() {
      return "liar";
    }
    override get read(): RwLockSide {
      throw new Error("Not to be read");
    }
    override get write(): RwLockSide {
      throw new Error("Not to be read");
    }
  }
  const lock = new Liar();
  const write: RwLockSide = Reflect.get(RwLock.prototype, "write", lock);
  const writing = await write.acquire();
  assertEquals(Deno.inspect(lock), "Liar [held by a writer]");
  const reading = lock.downgrade(writing);
  assertEquals(reading.held, true);
  const error = await assertRejects(() => write.acquire({ timeout: 0 }), Error);
  assertEquals(
    error.message,
    "Cannot acquire read-write lock for writing within 0 ms: held by 1 reader, 0 waiting",
  );
});

for (const args of [[], [{}, 1]]) {
  Deno.test(`a side cannot be made by hand of ${args.length} arguments`, () => {
    assertThrows(
      () => Reflect.construct(RwLockSide, args),
      TypeError,
      "Cannot create a side: only a RwLock creates sides",
    );
  });
}

const wrongReceivers: [string, unknown][] = [
  ["nothing", undefined],
  ["an object", {}],
  ["the prototype", RwLockSide.prototype],
  ["a RwLock", new RwLock()],
];

for (const [title, receiver] of wrongReceivers) {
  Deno.test(`a side's methods on ${title} reject if they give a promise, and throw if not`, async () => {
    const { acquire, run, tryAcquire } = RwLockSide.prototype;
    for (const options of [undefined, { timeout: 10 }]) {
      await assertRejects(
        () => acquire.call(receiver as RwLockSide, options),
        TypeError,
      );
      await assertRejects(
        () => run.call(receiver as RwLockSide, () => {}, options),
        TypeError,
      );
    }
    assertThrows(() => tryAcquire.call(receiver as RwLockSide), TypeError);
  });
}

Deno.test("options may release and acquire while they are read", async () => {
  const lock = new RwLock();
  const guard = await lock.write.acquire();
  const wait = lock.write.acquire({
    get timeout() {
      guard.release();
      lock.read.tryAcquire();
      return 60_000;
    },
  });
  assertEquals([lock.read.locked, lock.write.waiting], [true, 1]);
  lock.cancel("enough");
  assertEquals(await wait.catch((reason) => reason), "enough");
});
