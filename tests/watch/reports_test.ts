/** When a wait is reported, how often, and to whom. */

import { assertEquals, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyedLock, Lock } from "../../mod.ts";
import { type Use, watchLocks } from "../../watch.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { STALL_AFTER, Watching } from "./watching.ts";

async function withWait(body: (lock: Lock) => Promise<void>): Promise<void> {
  const lock = new Lock({ name: "db" });
  await lock.acquire();
  const waiting = lock.acquire().catch(() => {});
  await body(lock);
  lock.cancel();
  await waiting;
}

Deno.test("a wait is reported when it has lasted stallAfter, once", async () => {
  using watching = new Watching();
  await withWait(async () => {
    await watching.pass(STALL_AFTER - 1);
    assertEquals(watching.stalls.length, 0);
    await watching.pass(1);
    assertEquals(watching.stalls.length, 1);
    assertEquals(watching.stalls[0]!.waited >= STALL_AFTER, true);
    await watching.pass(10 * STALL_AFTER);
    assertEquals(watching.stalls.length, 1);
  });
});

Deno.test("a wait that began later is reported at most a tenth too late", async () => {
  using watching = new Watching();
  await withWait(async (lock) => {
    await watching.pass(250);
    const later = lock.acquire().catch(() => {});
    await watching.pass(STALL_AFTER - 1);
    assertEquals(watching.stalls.length, 1);
    await watching.pass(101);
    assertEquals(watching.stalls.length, 2);
    lock.cancel();
    await later;
  });
});

Deno.test("a wait that ends in time is not reported", async () => {
  using watching = new Watching();
  await withWait(() => watching.pass(STALL_AFTER - 1));
  await watching.pass();
  assertEquals(watching.stalls, []);
});

Deno.test("there is a timer only while something waits that was not reported", async () => {
  using watching = new Watching();
  const { time } = watching;
  assertEquals(time.next(), false);
  const timers = async () => {
    await drainMicrotasks();
    return time.next();
  };
  await withWait(async () => {
    assertEquals(await timers(), true);
    await watching.pass();
    assertEquals(await timers(), false);
  });
  await withWait(() => Promise.resolve());
  assertEquals(await timers(), false);
});

Deno.test("there is no timer any more when whoever waited goes on", async () => {
  using watching = new Watching();
  const lock = new Lock();
  const guard = await lock.acquire();
  const timers = () => watching.time.next();
  const cancelled = lock.acquire().then(timers, timers);
  lock.cancel();
  assertEquals(await cancelled, false);
  const granted = lock.acquire().then(timers);
  guard.release();
  assertEquals(await granted, false);
});

Deno.test("with stallAfter Infinity there is no timer", async () => {
  using watching = new Watching({ stallAfter: Infinity });
  await withWait(async () => {
    assertEquals(watching.watch.waits().length, 1);
    assertEquals(watching.time.next(), false);
    await Promise.resolve();
  });
});

Deno.test("watches run side by side, and ending one leaves the others", async () => {
  using watching = new Watching();
  let seen = 0;
  const second = watchLocks({ stallAfter: 500, onStall: () => seen++ });
  const third = watchLocks({ onStall: () => seen++ });
  third[Symbol.dispose]();
  third[Symbol.dispose]();
  await withWait(async () => {
    await watching.pass(500);
    assertEquals([seen, watching.stalls.length], [1, 0]);
    second[Symbol.dispose]();
    assertEquals(second.waits(), []);
    assertEquals(second.holds(), []);
    await watching.pass(500);
    assertEquals([seen, watching.stalls.length], [1, 1]);
  });
});

Deno.test("a watch that begins later reports the waits that the first one saw", async () => {
  using watching = new Watching({ stallAfter: Infinity });
  await withWait(async () => {
    let seen = 0;
    using _ = watchLocks({ stallAfter: 100, onStall: () => seen++ });
    await watching.pass(110);
    assertEquals(seen, 1);
  });
});

Deno.test("a hold from before the first watch is not seen", async () => {
  const lock = new Lock({ name: "db" });
  const guard = await lock.acquire();
  const unseen = lock.acquire();
  using watching = new Watching();
  const waiting = lock.acquire().catch(() => {});
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting db"]);
  assertMatch(watching.stalls[0]!.message, /began unwatched/);
  guard.release();
  const [use] = watching.watch.holds();
  assertEquals([use?.state, use?.at, use?.stack], ["holding", "", ""]);
  (await unseen).release();
  await waiting;
});

Deno.test("nothing is told after the end of a watch", async () => {
  const uses: Use[] = [];
  using watching = new Watching({ onRelease: (use) => uses.push(use) });
  await withWait(async (lock) => {
    lock.release();
    watching.watch[Symbol.dispose]();
    await watching.pass();
    lock.release();
  });
  assertEquals([uses, watching.stalls], [[], []]);
});

Deno.test("onStall() may end the wait or the watch", async () => {
  const lock = new KeyedLock();
  await lock.acquireAll(["a", "b"]);
  const told: unknown[] = [];
  using time = new FakeTime();
  const watch = watchLocks({
    stallAfter: 10,
    onStall(stall) {
      told.push(stall.chain[0]!.key);
      lock.cancelAll();
      watch[Symbol.dispose]();
    },
  });
  const waits = ["a", "b"].map((key) => lock.acquire(key).catch(() => {}));
  time.tick(11);
  await Promise.all(waits);
  assertEquals(told, ["a"]);
});

Deno.test("the default printer shows ten reports at a time", async () => {
  const { warn } = console;
  const printed: string[] = [];
  console.warn = (line: string) => printed.push(line);
  try {
    using watching = new Watching({ onStall: undefined });
    const lock = new Lock({ name: "db" });
    await lock.acquire();
    const waits = Array.from(
      { length: 1012 },
      () => lock.acquire().catch(() => {}),
    );
    await watching.pass();
    lock.cancel();
    await Promise.all(waits);
  } finally {
    console.warn = warn;
  }
  // The first wait starts the timer, and the others are due one look later.
  assertEquals(printed.length, 1 + 10 + 1);
  assertMatch(printed[0]!, /^Cannot acquire lock "db" after 1000 ms: /);
  assertEquals(printed.at(-1), "and 1 001 more wait");
});

Deno.test("what callbacks throw is an uncaught error, and others are still told", async () => {
  const errors: unknown[] = [];
  const listen = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.error);
  };
  addEventListener("error", listen);
  try {
    let calls = 0;
    using watching = new Watching({
      onStall() {
        throw `stall ${++calls}`;
      },
      onRelease() {
        throw "release";
      },
    });
    const lock = new Lock({ name: "db" });
    const guard = await lock.acquire();
    const waits = [lock.run(() => {}), lock.run(() => {})];
    await watching.pass();
    guard.release();
    await Promise.all(waits);
    await drainMicrotasks();
  } finally {
    removeEventListener("error", listen);
  }
  const releases = Array(3).fill("release");
  assertEquals(errors, ["stall 1", "stall 2", ...releases]);
});
