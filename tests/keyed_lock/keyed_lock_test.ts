/** What is left of `KeyedLock` beside its promises, each of which has its own file. */

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type AcquireOptions, KeyedLock } from "../../keyed_lock.ts";
import { drainMicrotasks } from "../support/promises.ts";

Deno.test("size, isLocked(), waiting() and keys() of a new lock say that nothing is held", () => {
  const lock = new KeyedLock();
  assertEquals(lock.size, 0);
  assertEquals(lock.isLocked("a"), false);
  assertEquals(lock.waiting("a"), 0);
  assertEquals([...lock.keys()], []);
});

Deno.test("size counts the keys that are held and nobody who waits", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b"]);
  const waiting = [lock.acquire("a"), lock.acquire("a")];
  assertEquals(lock.size, 2);
  await lock.acquire("c");
  assertEquals(lock.size, 3);
  guard.release();
  assertEquals(lock.size, 2);
  for (const wait of waiting) (await wait).release();
  assertEquals(lock.size, 1);
});

Deno.test("keys() is a snapshot, which what happens later does not change", async () => {
  const lock = new KeyedLock<number>();
  const guards = Array.from({ length: 40 }, (_, key) => lock.tryAcquire(key));
  const keys = lock.keys();
  guards[0]?.release();
  assertEquals(keys.next().value, 0);
  for (const key of keys) {
    lock.release(key);
    await lock.acquire(key + 100);
  }
  assertEquals([...keys], []);
  assertEquals([...lock.keys()], Array.from({ length: 39 }, (_, i) => i + 101));
});

Deno.test("tryAcquire() takes a free key and does not wait for another", () => {
  const lock = new KeyedLock();
  {
    using guard = lock.tryAcquire("a");
    assertEquals(guard?.held, true);
    assertEquals(lock.tryAcquire("a"), undefined);
    assertEquals(lock.waiting("a"), 0);
  }
  assertEquals(lock.isLocked("a"), false);
});

Deno.test("tryAcquireAll() takes all keys or none and does not wait", () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquireAll(new Set(["a", "b"]));
  assertEquals([...lock.keys()], ["a", "b"]);
  for (const keys of [["a", "c"], ["c", "b"], ["b"]]) {
    assertEquals(lock.tryAcquireAll(keys), undefined);
    assertEquals(lock.size, 2);
  }
  assertEquals(lock.waiting("a"), 0);
  guard?.release();
  assertEquals(lock.size, 0);
});

Deno.test("acquire() with a timeout of 0 takes a free key and does not wait for another", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a", { timeout: 0 });
  const rejected = lock.acquire("a", { timeout: 0 });
  assertEquals(lock.waiting("a"), 0);
  await assertRejects(() => rejected, DOMException, "within 0 ms");
});

Deno.test("acquire() with an aborted signal takes nothing", async () => {
  const lock = new KeyedLock();
  const reason = { of: "the signal" };
  const rejected = lock.acquire("a", { signal: AbortSignal.abort(reason) });
  assertEquals(lock.isLocked("a"), false);
  assertStrictEquals(await rejected.catch((error) => error), reason);
});

Deno.test("release() frees a key whose guard nobody has seen yet", async () => {
  const lock = new KeyedLock();
  const acquired = lock.acquire("a");
  const acquiredAll = lock.acquireAll(["b", "c"]);
  for (const key of ["a", "b", "c"]) lock.release(key);
  assertEquals(lock.size, 0);
  assertEquals((await acquired).held, false);
  assertEquals((await acquiredAll).held, false);
});

Deno.test("release() throws where the key is not held, and leaves others alone", async () => {
  const lock = new KeyedLock();
  using other = await lock.acquire("b");
  assertThrows(() => lock.release("a"), Error, "it is not held");
  (await lock.acquire("a")).release();
  assertThrows(() => lock.release("a"), Error, "it is not held");
  assert(other.held);
});

Deno.test("cancel() rejects all who wait for a key, the longest first, and leaves the holder", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b"]);
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  const waits = [
    lock.acquire("a").catch(note("acquire")),
    lock.acquireAll(["b", "a"]).catch(note("acquireAll")),
    lock.acquireAll(["a", "c"], { signal: new AbortController().signal })
      .catch(note("with a signal")),
  ];
  const other = lock.acquire("b");
  lock.cancel("a");
  assertEquals([lock.waiting("a"), lock.waiting("b")], [0, 1]);
  assertEquals(lock.isLocked("c"), false);
  await Promise.all(waits);
  assertEquals(order, ["acquire", "acquireAll", "with a signal"]);

  assert(guard.held);
  guard.release();
  assert((await other).held);
});

Deno.test("cancel() gives the reason as it is, or every waiter an AbortError of its own", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a");
  for (const reason of [new Error("Closing"), null, 0]) {
    const wait = lock.acquire("a");
    lock.cancel("a", reason);
    assertStrictEquals(await wait.catch((error) => error), reason);
  }

  const waits = [lock.acquire("a"), lock.acquireAll(["b", "a"])];
  lock.cancel("a");
  const [one, other] = await Promise.all(
    waits.map((wait) => assertRejects(() => wait, DOMException)),
  );
  assertEquals([one?.name, other?.name], ["AbortError", "AbortError"]);
  assertNotStrictEquals(one, other);
});

Deno.test("cancel() of a key that nobody waits for does nothing", async () => {
  const lock = new KeyedLock();
  lock.cancel("a");
  assertEquals(lock.size, 0);
  using guard = await lock.acquire("a");
  lock.cancel("a");
  assert(guard.held);
});

/** Both ways to run a function while holding `"a"`. */
const everyRun: Record<
  string,
  (
    lock: KeyedLock,
    fn: () => unknown,
    options?: AcquireOptions,
  ) => Promise<unknown>
> = {
  "run()": (lock, fn, options) => lock.run("a", fn, options),
  "runAll()": (lock, fn, options) => lock.runAll(["a"], fn, options),
};

for (const [title, run] of Object.entries(everyRun)) {
  Deno.test(`${title} starts fn at once where the key is free, and else when its turn comes`, async () => {
    const lock = new KeyedLock();
    const started: string[] = [];
    const first = run(lock, async () => {
      started.push("first");
      await drainMicrotasks();
    });
    const second = run(lock, () => started.push("second"));
    assertEquals(started, ["first"]);
    assertEquals(lock.waiting("a"), 1);
    await first;
    await second;
    assertEquals(started, ["first", "second"]);
  });

  for (
    const [what, status, fn] of [
      ["returns", "fulfilled", () => 42],
      ["resolves with", "fulfilled", () => Promise.resolve(42)],
      ["throws", "rejected", () => {
        throw 42;
      }],
      ["rejects with", "rejected", () => Promise.reject(42)],
    ] as const
  ) {
    for (const state of ["free", "held"]) {
      Deno.test(`${title} with a ${state} key gives what fn ${what}, and the key is free by then`, async () => {
        const lock = new KeyedLock();
        const guard = state === "held" ? await lock.acquire("a") : undefined;
        const running = run(lock, fn);
        guard?.release();
        const outcome = await running.then(
          (value) => ["fulfilled", value, lock.size],
          (error) => ["rejected", error, lock.size],
        );
        assertEquals(outcome, [status, 42, 0]);
      });
    }
  }

  Deno.test(`${title} does not call fn where the wait ends otherwise`, async () => {
    using time = new FakeTime();
    const lock = new KeyedLock();
    const controller = new AbortController();
    const { signal } = controller;
    await lock.acquire("a");
    let called = false;
    const fn = () => void (called = true);
    const aborted = run(lock, fn, { signal });
    const late = run(lock, fn, { timeout: 10 });
    const cancelled = run(lock, fn);
    controller.abort(new Error("Enough"));
    time.tick(10);
    lock.cancel("a", new Error("Closing"));
    lock.release("a");
    await assertRejects(() => aborted, Error, "Enough");
    await assertRejects(() => late, DOMException, "within 10 ms");
    await assertRejects(() => cancelled, Error, "Closing");
    await assertRejects(() => run(lock, fn, { signal }), Error, "Enough");
    assertEquals(called, false);
    assertEquals(lock.size, 0);
  });

  Deno.test(`${title} leaves the next hold alone where fn frees the key`, async () => {
    const lock = new KeyedLock();
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = run(lock, () => {
      lock.release("a");
      return promise;
    });
    using next = await lock.acquire("a");
    resolve();
    await running;
    assert(next.held);
  });
}

Deno.test("runAll() holds all keys while fn runs", async () => {
  const lock = new KeyedLock();
  await lock.runAll(["a", "b"], async () => {
    await Promise.resolve();
    assertEquals([...lock.keys()], ["a", "b"]);
  });
  assertEquals(lock.size, 0);
});

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

Deno.test("console.log() shows the name, how many keys are held and how many wait", async () => {
  const lock = new KeyedLock({ name: "users" });
  assertEquals(Deno.inspect(lock), 'KeyedLock "users" [held: 0]');
  await lock.acquireAll(["a", "b"]);
  assertEquals(Deno.inspect(lock), 'KeyedLock "users" [held: 2]');
  lock.acquire("a");
  lock.acquire("b");
  lock.acquireAll(["a", "c"]);
  const [wait, held] = ["waiting: 4", "held: 3"];
  assertEquals(Deno.inspect(lock), `KeyedLock "users" [${held}, ${wait}]`);
  assertEquals(Deno.inspect(new KeyedLock()), "KeyedLock [held: 0]");
});

Deno.test("console.log() takes the prototype, which has no state", () => {
  assertEquals(Deno.inspect(KeyedLock.prototype), "[object Object]");
});

Deno.test("100 000 keys are held at a time, and each is freed", () => {
  const lock = new KeyedLock<number>();
  const KEYS = 100_000;
  const guards = Array.from({ length: KEYS }, (_, key) => lock.tryAcquire(key));
  assertEquals(lock.size, KEYS);
  guards.forEach((guard, key) => {
    assertEquals(lock.isLocked(key), true);
    guard?.release();
    assertEquals(lock.isLocked(key), false);
  });
  assertEquals(lock.size, 0);
});

Deno.test("messages show any key, and run no code of it", () => {
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

Deno.test("runAll() whose hold another release() has ended frees the other keys", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  const run = lock.runAll(["a", "b"], () => {});
  guard.release();
  lock.release("a"); // of the run's hold, which has just begun
  await assertRejects(() => run, Error, "Cannot run");
  assertEquals([...lock.keys()], []);
});

Deno.test("acquireAll() of no keys words its refusal without blanks", async () => {
  const { message } = await assertRejects(
    () => new KeyedLock().acquireAll([], { timeout: -1 }),
    RangeError,
  );
  assertEquals(message.startsWith("Cannot acquire keys: timeout"), true);
});

/** A signal that throws where it should add or remove a listener. */
function brokenSignal(method: "addEventListener" | "removeEventListener") {
  return {
    aborted: false,
    addEventListener() {},
    removeEventListener() {},
    [method]() {
      throw new Error("Broken");
    },
  } as unknown as AbortSignal;
}

Deno.test("a signal that refuses a listener leaves no wait behind", async () => {
  const signal = brokenSignal("addEventListener");
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  for (
    const wait of [
      () => lock.acquire("a", { signal }),
      () => lock.acquireAll(["a", "b"], { signal }),
    ]
  ) {
    await assertRejects(wait, Error, "Broken");
    assertEquals(lock.waiting("a"), 0);
    assertEquals(lock.size, 1);
  }
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("a signal that keeps its listener does not stop other keys", async () => {
  const signal = brokenSignal("removeEventListener");
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  const next = lock.acquire("a", { signal });
  guard.release(); // does not throw
  (await next).release();

  const other = await lock.acquire("b");
  const waiting = lock.acquire("b");
  other.release();
  assert((await waiting).held);
});

Deno.test("cancel() rejects all who wait, though one behind could go on as an abort is heard", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a");
  const controller = new AbortController();
  const { signal } = controller;
  // It is there before the lock's own listener, and so is called before it.
  signal.addEventListener("abort", () => lock.cancel("d", "cancelled"));
  const waits = [
    lock.acquireAll(["a", "b", "d"], { signal }),
    lock.acquireAll(["b", "a"], { signal }),
    lock.acquireAll(["d", "b"]),
  ].map((wait) => wait.catch((reason) => reason));
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "gone", "cancelled"]);
  assertEquals([...lock.keys()], ["a"]);
});

/** Has `fn` called when the first wait with a new signal has ended. */
function whenEnded(fn: () => void): AbortController {
  const controller = new AbortController();
  Object.assign(controller.signal, { removeEventListener: fn });
  return controller;
}

Deno.test("a call for several keys that two cancel() reject at once hands a key on once", async () => {
  const lock = new KeyedLock();
  await lock.acquireAll(["a", "b"]);
  const { signal } = whenEnded(() => lock.cancel("b", "second"));
  const waits = [
    lock.acquire("a", { signal }),
    lock.acquireAll(["a", "b", "c"]),
  ].map((wait) => wait.catch((reason) => reason));
  const next = lock.acquire("c");
  const last = lock.acquire("c");
  lock.cancel("a", "first");
  assertEquals(await Promise.all(waits), ["first", "second"]);
  assertEquals(lock.waiting("c"), 1);
  (await next).release();
  (await last).release();
  assertEquals([...lock.keys()], ["a", "b"]);
});

Deno.test("a key that is freed while a call for several keys gives up goes to the next one", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  const controller = whenEnded(() => guard.release());
  const { signal } = controller;
  const wait = lock.acquireAll(["a"], { signal }).catch((reason) => reason);
  const next = lock.acquire("a");
  controller.abort("gone");
  assertEquals(await wait, "gone");
  (await next).release();
  assertEquals(lock.size, 0);
});

Deno.test("a key is cancelled while a call for several keys gives up", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a");
  const controller = whenEnded(() => lock.cancel("a", "cancelled"));
  const { signal } = controller;
  const waits = [lock.acquireAll(["a"], { signal }), lock.acquire("a")]
    .map((wait) => wait.catch((reason) => reason));
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "cancelled"]);
  assertEquals(lock.waiting("a"), 0);
});
