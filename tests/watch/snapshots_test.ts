/** What `holds()`, `waits()` and `onRelease` tell of each use. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  Condition,
  KeyedLock,
  Lock,
  once,
  RwLock,
  Semaphore,
} from "../../mod.ts";
import { type Use, watchLocks } from "../../watch.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** Leaves out what differs from run to run. */
function facts(use: Use): unknown {
  const { waited: _, held: __, at: ___, ...rest } = use;
  return rest;
}

Deno.test("holds() says what is held, the oldest hold first", async () => {
  using watch = watchLocks();
  using _lock = await new Lock({ name: "db" }).acquire();
  const users = new KeyedLock({ name: "users" });
  using _key = await users.acquire("ann");
  using _keys = await users.acquireAll(["bob", "eve"]);
  using _permits = new Semaphore(5, { name: "pool" }).tryAcquire(3);
  const doc = new RwLock({ name: "doc" });
  using _reader = await doc.read.acquire();
  using _writer = await new RwLock().write.acquire();
  using _key2 = users.tryAcquire("tom");
  using _keys2 = users.tryAcquireAll([1, 2] as never);
  const load = once(() => new Promise<void>(() => {}));
  void load();
  assertEquals(watch.holds().map(facts), [
    { primitive: "Lock", name: "db", state: "holding" },
    { primitive: "KeyedLock", name: "users", key: "ann", state: "holding" },
    {
      primitive: "KeyedLock",
      name: "users",
      key: ["bob", "eve"],
      state: "holding",
    },
    { primitive: "Semaphore", name: "pool", permits: 3, state: "holding" },
    { primitive: "RwLock", name: "doc", mode: "read", state: "holding" },
    { primitive: "RwLock", mode: "write", state: "holding" },
    { primitive: "KeyedLock", name: "users", key: "tom", state: "holding" },
    { primitive: "KeyedLock", name: "users", key: [1, 2], state: "holding" },
    { primitive: "once", state: "holding" },
  ]);
});

Deno.test("waits() says what is waited for, the longest wait first", async () => {
  using watch = watchLocks();
  const lock = new Lock({ name: "db" });
  const condition = new Condition(lock);
  const guard = await lock.acquire();
  const waits = [lock.acquire(), condition.wait(guard)];
  assertEquals(watch.waits().map(facts), [
    { primitive: "Condition", name: "db", state: "waiting" },
  ]);
  assertEquals(watch.holds().length, 1);
  condition.cancel();
  assertEquals(watch.waits().map(facts), [
    { primitive: "Lock", name: "db", state: "waiting" },
  ]);
  (await waits[0])?.release();
  await waits[1]?.catch(() => {});
  guard.release();
});

Deno.test("a copy does not change", async () => {
  using watch = watchLocks();
  const guard = await new Lock().acquire();
  const [before] = watch.holds();
  const [after] = watch.holds();
  assertEquals(before === after, false);
  guard.release();
  assertEquals(before?.state, "holding");
  assertEquals(watch.holds(), []);
});

Deno.test("stacks begin at the caller's line, however the call was made", async () => {
  using watch = watchLocks();
  const lock = new Lock();
  const keys = new KeyedLock();
  const semaphore = new Semaphore(9);
  const rw = new RwLock();
  class Mine extends Lock {
    override acquire() {
      return super.acquire();
    }
  }
  const calls: Record<string, () => unknown> = {
    lockAcquire: () => lock.acquire(),
    lockRun: () => new Lock().run(() => new Promise(() => {})),
    lockTry: () => new Lock().tryAcquire(),
    lockOptions: () => new Lock().acquire({ timeout: 5 }),
    lockWait: () => lock.acquire().catch(() => {}),
    keyAcquire: () => keys.acquire("a"),
    keyAll: () => keys.acquireAll(["b", "c"]),
    keyRun: () => keys.run("d", () => new Promise(() => {})),
    keyRunAll: () => keys.runAll(["e", "f"], () => new Promise(() => {})),
    keyTry: () => keys.tryAcquire("g"),
    keyTryAll: () => keys.tryAcquireAll(["h"]),
    keyWait: () => keys.acquireAll(["a", "z"]).catch(() => {}),
    permit: () => semaphore.acquire(),
    permits: () => semaphore.acquire({ permits: 2 }),
    permitTry: () => semaphore.tryAcquire(2),
    permitRun: () => semaphore.run(() => new Promise(() => {})),
    readTry: () => rw.read.tryAcquire(),
    readRun: () => rw.read.run(() => new Promise(() => {})),
    read: () => rw.read.acquire(),
    subclass: () => new Mine().acquire(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const seen = new Set([...watch.holds(), ...watch.waits()].map(stackOf));
    call();
    const uses = [...watch.holds(), ...watch.waits()];
    const use = uses.find((use) => !seen.has(stackOf(use)));
    const [first] = use?.stack.split("\n") ?? [];
    assertMatch(first!, new RegExp(`snapshots_test.ts`), name);
  }
  lock.cancel();
  keys.cancelAll();
  await drainMicrotasks();
});

function stackOf({ stack, key, primitive }: Use): string {
  return JSON.stringify([stack, key, primitive]);
}

Deno.test("onRelease is told of each hold, after the call that ended it", async () => {
  const uses: Use[] = [];
  using _ = watchLocks({ onRelease: (use) => uses.push(use) });
  const lock = new Lock({ name: "db" });
  const keys = new KeyedLock({ name: "users" });
  const guard = await lock.acquire();
  const waiting = lock.run(function work() {});
  guard.release();
  assertEquals(uses, []);
  await waiting;
  await keys.acquireAll(["a", "b"]);
  keys.release("a");
  await drainMicrotasks();
  assertEquals(uses.length, 2);
  keys.release("b");
  await drainMicrotasks();
  assertEquals(
    uses.map(({ name, state }) => [name, state]),
    [["db", "holding"], ["db", "holding"], ["users", "holding"]],
  );
  const [first, second] = uses;
  assertEquals(first!.waited, 0);
  assertEquals(second!.waited > 0, true);
  assertMatch(first!.at, /snapshots_test\.ts:\d+:\d+/);
  assertMatch(second!.stack, /snapshots_test\.ts:\d+:\d+/);
});

Deno.test("downgrade() is a hold of its own", async () => {
  using watch = watchLocks();
  const lock = new RwLock();
  const guard = lock.downgrade(await lock.write.acquire());
  const [use] = watch.holds();
  assertEquals(use?.mode, "read");
  assertMatch(use!.at, /snapshots_test/);
  guard.release();
  assertEquals(watch.holds(), []);
});

Deno.test("a once function that everybody has left holds nothing", async () => {
  using watch = watchLocks();
  const load = once(() => new Promise<void>(() => {}));
  const controller = new AbortController();
  const waiting = load({ signal: controller.signal });
  assertEquals(watch.holds().length, 1);
  controller.abort();
  assertEquals(watch.holds(), []);
  await waiting.catch(() => {});
});
