/** What is left of `Lock` beside its promises, each of which has its own file. */

import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { inspect } from "node:util";
import { Lock } from "../../lock.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";

Deno.test("new Lock() is free and has no name", () => {
  const lock = new Lock();
  assertEquals(lock.name, undefined);
  assertEquals(lock.locked, false);
  assertEquals(lock.waiting, 0);
});

for (const name of ["db", ""]) {
  Deno.test(`new Lock({ name: "${name}" }) has that name`, () => {
    assertEquals(new Lock({ name }).name, name);
  });
}

Deno.test("waiting counts those who wait and no holder", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const counts: number[] = [];
  const count = () => counts.push(lock.waiting);

  const guard = await lock.acquire();
  count();
  const first = lock.acquire();
  count();
  const second = lock.acquire({ signal: controller.signal });
  const third = lock.run(count);
  count();
  controller.abort();
  count();
  guard.release();
  count();
  (await first).release();
  await Promise.allSettled([second, third]);
  assertEquals(counts, [0, 1, 3, 2, 1, 0]);
});

Deno.test("tryAcquire() takes a free lock", () => {
  const lock = new Lock();
  {
    using guard = lock.tryAcquire();
    assertEquals(guard?.held, true);
    assertEquals(lock.locked, true);
  }
  assertEquals(lock.locked, false);
});

Deno.test("tryAcquire() gives nothing of a held lock and does not wait", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  assertEquals(lock.tryAcquire(), undefined);
  assertEquals(lock.waiting, 0);
  assertEquals(guard.held, true);
});

Deno.test("release() throws where the lock was never held", async () => {
  const lock = new Lock();
  assertThrows(() => lock.release(), Error, "it is not held");
  assertEquals(lock.locked, false);
  assertEquals((await lock.acquire()).held, true);
});

Deno.test("release() throws where the hold has ended", async () => {
  const lock = new Lock();
  (await lock.acquire()).release();
  assertThrows(() => lock.release(), Error, "it is not held");
  assertEquals(lock.locked, false);
});

Deno.test("release() frees a hold whose guard nobody has seen yet", async () => {
  const lock = new Lock();
  const acquired = lock.acquire();
  lock.release();
  assertEquals(lock.locked, false);
  assertEquals((await acquired).held, false);
});

Deno.test("cancel() rejects every waiter, the longest first, and leaves the holder", async () => {
  const lock = new Lock();
  const order: number[] = [];
  const guard = await lock.acquire();
  const { signal } = new AbortController();
  const waits = [undefined, { signal }, undefined].map((options, i) =>
    lock.acquire(options).catch(() => order.push(i))
  );
  lock.cancel();
  assertEquals(lock.waiting, 0);
  assertEquals(guard.held, true);
  await Promise.all(waits);
  assertEquals(order, [0, 1, 2]);
});

Deno.test("cancel() gives every waiter an AbortError of its own", async () => {
  const lock = new Lock();
  await lock.acquire();
  const waits = [lock.acquire(), lock.acquire()];
  lock.cancel();
  const [one, other] = await Promise.all(
    waits.map((wait) => assertRejects(() => wait, DOMException)),
  );
  assertEquals([one!.name, other!.name], ["AbortError", "AbortError"]);
  assertNotStrictEquals(one, other);
});

for (const reason of [new Error("Closing"), "closing", null, 0, false]) {
  Deno.test(`cancel(${Deno.inspect(reason).split("\n")[0]}) rejects with just that`, async () => {
    const lock = new Lock();
    await lock.acquire();
    const wait = lock.acquire();
    lock.cancel(reason);
    assertStrictEquals(await wait.catch((error) => error), reason);
  });
}

Deno.test("cancel() does nothing where nobody waits", async () => {
  const lock = new Lock();
  lock.cancel();
  assertEquals(lock.locked, false);
  const guard = await lock.acquire();
  lock.cancel();
  assertEquals(guard.held, true);
});

Deno.test("cancel() leaves those alone who come after it", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  const cancelled = lock.acquire();
  lock.cancel("closing");
  const later = lock.acquire();
  assertEquals(await settledState(cancelled), "rejected");
  guard.release();
  assertEquals((await later).held, true);
});

Deno.test("cancel() may be called by the holder from inside run()", async () => {
  const lock = new Lock();
  const outcome = await lock.run(async () => {
    const wait = lock.acquire();
    lock.cancel("closing");
    return await wait.catch((reason) => reason);
  });
  assertEquals(outcome, "closing");
});

for (
  const reason of [
    new Error("The client has gone"),
    new DOMException("Timed out", "TimeoutError"),
    "gone",
    null,
    0,
    undefined, // the platform makes an AbortError of it
  ]
) {
  Deno.test(`acquire() rejects with the signal's reason ${reason}`, async () => {
    const lock = new Lock();
    const controller = new AbortController();
    const { signal } = controller;
    await lock.acquire();
    const calls: Promise<unknown>[] = [
      lock.acquire({ signal }),
      lock.run(() => {}, { signal, timeout: 60_000 }),
    ];
    controller.abort(reason);
    const reasons = calls.map((call) => call.catch((error) => error));
    for (const error of await Promise.all(reasons)) {
      assertStrictEquals(error, signal.reason);
    }
  });
}

for (
  const [name, label] of [
    [undefined, "lock"],
    ["db", 'lock "db"'],
    ['a "b"', 'lock "a \\"b\\""'],
  ] as const
) {
  Deno.test(`errors of a lock named ${name} say what could not be done, then the state`, async () => {
    using time = new FakeTime();
    const lock = new Lock({ name });
    const message = (call: () => Promise<unknown>) =>
      call().then(
        () => undefined,
        (error) => `${error.name}: ${error.message}`,
      );

    assertEquals(
      await message(async () => await lock.release()),
      `Error: Cannot release ${label}: it is not held`,
    );
    await lock.acquire();
    assertEquals(
      await message(() => lock.acquire({ timeout: 0 })),
      `TimeoutError: Cannot acquire ${label} within 0 ms: still held, 0 waiting`,
    );
    const others = [lock.acquire(), lock.acquire()];
    const late = message(() => lock.run(() => {}, { timeout: 1.5 }));
    time.tick(2);
    assertEquals(
      await late,
      `TimeoutError: Cannot acquire ${label} within 1.5 ms: still held, 2 waiting`,
    );
    lock.cancel();
    assertEquals(
      await Promise.all(others.map((other) => message(() => other))),
      others.map(() =>
        `AbortError: Cannot acquire ${label}: the wait was cancelled`
      ),
    );
  });
}

const failures: Record<string, (lock: Lock) => unknown> = {
  "release()": (lock) => {
    lock.release();
    lock.release();
  },
  "acquire() with a bad option": (lock) => lock.acquire({ timeout: -1 }),
  "acquire() without time": (lock) => lock.acquire({ timeout: 0 }),
  "acquire() that takes too long": (lock) => lock.acquire({ timeout: 1 }),
  "run() that takes too long": (lock) => lock.run(() => {}, { timeout: 1 }),
  "cancel()": (lock) => {
    const wait = lock.acquire();
    lock.cancel();
    return wait;
  },
};

for (const [title, fail] of Object.entries(failures)) {
  Deno.test(`the error of ${title} is new and its stack leads to the caller`, async () => {
    async function theCaller() {
      const lock = new Lock();
      await lock.acquire();
      await fail(lock);
    }
    const one = await assertRejects(theCaller, Error);
    const other = await assertRejects(theCaller, Error);
    assertNotStrictEquals(one, other);
    assertStringIncludes(one.stack!, "theCaller");
  });
}

/** How many rejections nobody has handled when `act` is over. */
async function countUnhandled(act: () => unknown): Promise<number> {
  let count = 0;
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    count++;
  };
  addEventListener("unhandledrejection", onRejection);
  await act();
  await drainMicrotasks();
  removeEventListener("unhandledrejection", onRejection);
  return count;
}

Deno.test("a call that fails rejects its own promise and no other", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  await lock.acquire();
  const count = await countUnhandled(async () => {
    const everyOptions = [
      { timeout: -1 },
      { timeout: 0 },
      { timeout: 10 },
      { signal },
      { signal, timeout: 20 },
      {},
    ];
    const calls = everyOptions.flatMap((options) => [
      lock.acquire(options),
      lock.run(() => {}, options),
    ]);
    const results = Promise.allSettled<unknown>(calls);
    time.tick(10);
    controller.abort();
    lock.cancel();
    for (const { status } of await results) assertEquals(status, "rejected");
    const thrown = lock.run(() => Promise.reject(new Error("Thrown by fn")));
    lock.release();
    await Promise.allSettled([thrown]);
  });
  assertEquals(count, 0);
});

Deno.test("a run that fails is reported where its promise is forgotten", async () => {
  const lock = new Lock();
  const count = await countUnhandled(() => {
    lock.run(() => Promise.reject(new Error("Thrown by fn")));
  });
  assertEquals(count, 1);
});

for (
  const [runtime, print] of [
    ["Deno.inspect()", (value: unknown) => Deno.inspect(value)],
    ["inspect() of node:util", (value: unknown) => inspect(value)],
  ] as const
) {
  Deno.test(`${runtime} shows a lock's state`, async () => {
    const lock = new Lock();
    assertEquals(print(lock), "Lock [unlocked]");
    const guard = await lock.acquire();
    assertEquals(print(lock), "Lock [locked]");
    const wait = lock.acquire();
    assertEquals(print({ lock }), "{ lock: Lock [locked, waiting: 1] }");
    guard.release();
    (await wait).release();
    assertEquals(print(lock), "Lock [unlocked]");
  });

  Deno.test(`${runtime} shows a lock's name`, () => {
    assertEquals(print(new Lock({ name: "db" })), 'Lock "db" [unlocked]');
    assertEquals(
      print(new Lock({ name: 'a "b"' })),
      'Lock "a \\"b\\"" [unlocked]',
    );
    assertEquals(print(new Lock({ name: "" })), 'Lock "" [unlocked]');
  });

  Deno.test(`${runtime} shows whether a guard holds`, async () => {
    const guard = await new Lock().acquire();
    assertEquals(print(guard), "LockGuard [held]");
    guard.release();
    assertEquals(print(guard), "LockGuard [released]");
  });

  Deno.test(`${runtime} takes the prototypes, which have no state`, async () => {
    for (const value of [new Lock(), await new Lock().acquire()]) {
      assertEquals(typeof print(Object.getPrototypeOf(value)), "string");
    }
  });
}

// Deno and its `node:util` ask for both, other runtimes for their own alone.
for (const key of ["Deno.customInspect", "nodejs.util.inspect.custom"]) {
  Deno.test(`a lock has a method Symbol.for("${key}")`, () => {
    const lock = new Lock();
    const print = Reflect.get(lock, Symbol.for(key));
    assertEquals(Reflect.apply(print, lock, []), "Lock [unlocked]");
  });
}
