/** What a subclass overrides does not change who gets in. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { KeyedLock, Lock, once } from "../../mod.ts";

for (const answer of [true, false]) {
  class Liar extends Lock {
    override get locked() {
      return answer;
    }
    override get waiting() {
      return answer ? 0 : 5;
    }
    override get name() {
      return "liar";
    }
    override acquire(): never {
      throw new Error("Not called");
    }
    override release(): never {
      throw new Error("Not called");
    }
    override tryAcquire(): never {
      throw new Error("Not called");
    }
  }

  class KeyedLiar extends KeyedLock {
    override isLocked() {
      return answer;
    }
    override waiting() {
      return answer ? 0 : 5;
    }
    override get size() {
      return answer ? 0 : 5;
    }
    override keys() {
      return ["liar"].values();
    }
  }

  Deno.test(`a lock ignores a subclass whose locked says ${answer}`, async () => {
    const lock = new Liar();
    const plain = Lock.prototype;
    const guard = await plain.acquire.call(lock);
    assertEquals(plain.tryAcquire.call(lock), undefined);
    const wait = plain.acquire.call(lock, { timeout: 60_000 });
    let isInside = false;
    const run = lock.run(() => {
      isInside = true;
      return 42;
    });
    await assertRejects(
      () => plain.acquire.call(lock, { timeout: 0 }),
      DOMException,
      "Cannot acquire lock within 0 ms: still held, 2 waiting",
    );
    assertEquals(Deno.inspect(lock), "Liar [locked, waiting: 2]");
    plain.release.call(lock);
    assertEquals(guard.held, false);
    assertEquals(isInside, false);
    (await wait).release();
    assertEquals(await run, 42);
    assertEquals(await lock.run(() => 43), 43);
    assertThrows(() => plain.release.call(lock), Error, "it is not held");
    assertEquals(Deno.inspect(lock), "Liar [unlocked]");
  });

  Deno.test(`a keyed lock ignores a subclass whose isLocked() says ${answer}`, async () => {
    const lock = new KeyedLiar();
    const guard = await lock.acquire("a");
    assertEquals(lock.tryAcquire("a"), undefined);
    assertEquals(lock.tryAcquireAll(["a", "b"]), undefined);
    const waits = [lock.acquire("a"), lock.acquireAll(["b", "a"])];
    await assertRejects(
      () => lock.acquire("a", { timeout: 0 }),
      DOMException,
      'Cannot acquire key "a" within 0 ms: still held, 2 waiting',
    );
    assertEquals(Deno.inspect(lock), "KeyedLiar [held: 2, waiting: 3]");
    guard.release();
    for (const wait of waits) (await wait).release();
    assertEquals(await lock.runAll(["a", "b"], () => 42), 42);
    assertThrows(() => lock.release("a"), Error, "it is not held");
    assertEquals(Deno.inspect(lock), "KeyedLiar [held: 0]");
  });
}

const printed: [string, unknown, string][] = [
  [
    "a subclass of Lock",
    new (class Mutex extends Lock {})(),
    "Mutex [unlocked]",
  ],
  [
    "a subclass of KeyedLock with a name",
    new (class Users extends KeyedLock {})({ name: "a" }),
    'Users "a" [held: 0]',
  ],
  ["a class without a name", new (class extends Lock {})(), "Lock [unlocked]"],
  [
    "a class whose name is a method",
    new (class extends Lock {
      // deno-lint-ignore no-explicit-any -- `Function.name` is a string
      static override name: any = () => "Mutex";
    })(),
    "Lock [unlocked]",
  ],
  [
    "a lock without a constructor",
    Object.assign(new Lock(), { constructor: undefined }),
    "Lock [unlocked]",
  ],
  ["a once function", once(function load() {}), 'Once "load" [idle]'],
  ["a once function without a name", once(() => {}), "Once [idle]"],
];

for (const [title, value, text] of printed) {
  Deno.test(`console.log() of ${title} shows ${text}`, () => {
    assertEquals(Deno.inspect(value), text);
  });
}
