/** What errors say about keys. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyedLock } from "../../keyed_lock.ts";

/** What goes wrong with key "a" held, and the message in full. */
const everyError: [
  string,
  (lock: KeyedLock, time: FakeTime) => Promise<unknown>,
  string,
][] = [
  [
    "TimeoutError",
    (lock, time) => {
      const wait = lock.acquire("a", { timeout: 10 });
      lock.acquire("a");
      time.tick(10);
      return wait;
    },
    'Cannot acquire key "a" of keyed lock "users" within 10 ms: ' +
    "still held, 1 waiting",
  ],
  [
    "TimeoutError",
    (lock, time) => {
      const wait = lock.acquireAll(["a", "b"], { timeout: 10 });
      lock.acquireAll(["b", "a"]); // counts twice
      lock.acquire("b");
      time.tick(10);
      return wait;
    },
    'Cannot acquire keys "a", "b" of keyed lock "users" within 10 ms: ' +
    "still held, 3 waiting",
  ],
  [
    "AbortError",
    (lock) => {
      const wait = lock.acquireAll(["b", "a"]);
      lock.cancel("a");
      return wait;
    },
    'Cannot acquire key "a" of keyed lock "users": the wait was cancelled',
  ],
];

for (const [name, fail, message] of everyError) {
  Deno.test(`${name}: ${message}`, async () => {
    using time = new FakeTime();
    const lock = new KeyedLock({ name: "users" });
    await lock.acquire("a");
    const error = await assertRejects(() => fail(lock, time), DOMException);
    assertEquals(error.name, name);
    assertEquals(error.message, message);
  });
}

for (
  const [options, label] of [
    [{ name: "users" }, 'key "b" of keyed lock "users"'],
    [{ name: "" }, 'key "b" of keyed lock ""'],
    [{}, 'key "b"'],
  ] as const
) {
  Deno.test(`Error: Cannot release ${label}: it is not held`, async () => {
    const lock = new KeyedLock(options);
    await lock.acquire("a");
    const error = assertThrows(() => lock.release("b"), Error);
    assertEquals(error.message, `Cannot release ${label}: it is not held`);
  });
}

Deno.test("messages can show any key, and run none of its code", () => {
  const lock = new KeyedLock<unknown>();
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const trap = {
    get aborted(): never {
      throw new Error("Trapped");
    },
    toString(): never {
      throw new Error("Trapped");
    },
  };
  for (
    const [key, shown] of [
      [proxy, "an object"],
      [trap, "an object"],
      [Object.create(null), "an object"],
      [() => {}, "a function"],
      [Symbol("s"), "Symbol(s)"],
      [null, "null"],
      [1n, "1n"],
      ['"', '"\\""'],
    ]
  ) {
    const { message } = assertThrows(() => lock.release(key), Error);
    assertEquals(message, `Cannot release key ${shown}: it is not held`);
  }
});

Deno.test("messages show five keys, and how many more there are", async () => {
  for (const [count, more] of [[5, ""], [6, ", 1 more"]] as const) {
    const keys = Array.from({ length: count }, (_, i) => `${i}`);
    const { message } = await assertRejects(
      () => new KeyedLock().acquireAll(keys, { timeout: -1 }),
      RangeError,
    );
    assertEquals(
      message,
      `Cannot acquire keys "0", "1", "2", "3", "4"${more}: ` +
        "timeout must be 0 or more milliseconds, got -1",
    );
  }
});

Deno.test("the message of acquireAll() of no keys has no stray space", async () => {
  const { message } = await assertRejects(
    () => new KeyedLock().acquireAll([], { timeout: -1 }),
    RangeError,
  );
  assertEquals(message.startsWith("Cannot acquire keys: timeout"), true);
});
