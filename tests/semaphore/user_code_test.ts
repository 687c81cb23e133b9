/** User code that runs in the middle of a call, and code that lies. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type PermitOptions, Semaphore } from "../../semaphore.ts";
import { settledState } from "../support/promises.ts";

Deno.test("a semaphore goes by its own state, whatever a subclass says", async () => {
  class Liar extends Semaphore {
    override get permits() {
      return 100;
    }
    override get available() {
      return 100;
    }
    override get waiting() {
      return 100;
    }
    override get name() {
      return "liar";
    }
  }
  const semaphore = new Liar(1);
  assertEquals(Deno.inspect(semaphore), "Liar [1 of 1 free]");
  const guard = await semaphore.acquire();
  assertEquals(semaphore.tryAcquire(), undefined);
  const error = assertThrows(() => semaphore.tryAcquire(2), RangeError);
  assertEquals(
    error.message,
    "Cannot acquire 2 permits of semaphore: it has only 1",
  );
  guard.release();
  assertEquals(Deno.inspect(semaphore), "Liar [1 of 1 free]");
});

const wrongReceivers: [string, unknown][] = [
  ["nothing", undefined],
  ["an object", {}],
  ["the prototype", Semaphore.prototype],
];

for (const [title, receiver] of wrongReceivers) {
  Deno.test(`methods on ${title} reject if they give a promise, and throw if not`, async () => {
    const { acquire, run, tryAcquire, resize, cancel } = Semaphore.prototype;
    for (const options of [undefined, { permits: 1 }]) {
      await assertRejects(
        () => acquire.call(receiver as Semaphore, options),
        TypeError,
      );
      await assertRejects(
        () => run.call(receiver as Semaphore, () => {}, options),
        TypeError,
      );
    }
    for (const method of [tryAcquire, resize, cancel]) {
      assertThrows(
        () => Reflect.apply(method, receiver, [1]),
        TypeError,
      );
    }
  });
}

Deno.test("options may release, resize and acquire while they are read", async () => {
  const semaphore = new Semaphore(2);
  const guard = await semaphore.acquire({ permits: 2 });
  const options: PermitOptions = {
    get permits() {
      guard.release();
      semaphore.resize(3);
      semaphore.tryAcquire();
      return 3;
    },
  };
  const wait = semaphore.acquire(options);
  assertEquals([semaphore.available, semaphore.waiting], [2, 1]);
  assertEquals(await settledState(wait), "pending");
});

Deno.test("an option that aborts the signal while it is read takes nothing", async () => {
  const semaphore = new Semaphore(1);
  const controller = new AbortController();
  const refused = semaphore.acquire({
    signal: controller.signal,
    get permits() {
      controller.abort("gone");
      return 1;
    },
  });
  assertEquals(semaphore.available, 1);
  assertStrictEquals(await refused.catch((reason) => reason), "gone");
});

Deno.test("a polluted Object.prototype does not change a call without options", async () => {
  const semaphore = new Semaphore(3);
  Object.assign(Object.prototype, { permits: 3 });
  try {
    await semaphore.acquire();
    await semaphore.run(() => {});
    assert(semaphore.tryAcquire());
  } finally {
    Reflect.deleteProperty(Object.prototype, "permits");
  }
  assertEquals(semaphore.available, 1);
});
