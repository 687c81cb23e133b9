/** A report is never wrong about its kind: each kind states a fact. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  Barrier,
  Condition,
  Gate,
  KeyedLock,
  Lock,
  once,
  RwLock,
  Semaphore,
} from "../../mod.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { collectGuards, makeWork, Watching } from "./watching.ts";

// What is cancelled at the end of a test rejects.
const ignore = () => {};

Deno.test("a lock taken twice by one run() is re-entrant", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  const running = lock.run(async () => {
    await drainMicrotasks();
    await lock.acquire();
  });
  await watching.pass();
  assertEquals(watching.told, ["reentrant: waiting db, holding db"]);
  lock.cancel();
  await running.catch(ignore);
});

Deno.test("a lock taken again through another one is re-entrant", async () => {
  using watching = new Watching();
  const outer = new Lock({ name: "outer" });
  const inner = new Lock({ name: "inner" });
  const running = outer.run(() => inner.run(() => outer.acquire()));
  await watching.pass();
  assertEquals(watching.told, ["reentrant: waiting outer, holding outer"]);
  outer.cancel();
  await running.catch(ignore);
});

Deno.test("a lock taken again after a wait for another one is re-entrant", async () => {
  using watching = new Watching();
  const outer = new Lock({ name: "outer" });
  const inner = new Lock({ name: "inner" });
  const guard = await inner.acquire();
  const running = outer.run(() => inner.run(() => outer.acquire()));
  guard.release();
  await watching.pass();
  assertEquals(watching.told, ["reentrant: waiting outer, holding outer"]);
  outer.cancel();
  await running.catch(ignore);
});

Deno.test("a key taken again by acquireAll() is re-entrant", async () => {
  using watching = new Watching();
  const lock = new KeyedLock();
  const running = lock.runAll(["a", "b"], () => lock.acquireAll(["b", "c"]));
  await watching.pass();
  assertEquals(watching.told, ["reentrant: waiting b,c, holding a,b"]);
  lock.cancelAll();
  await running.catch(ignore);
});

Deno.test("a key released by hand is not in the way any more", async () => {
  using watching = new Watching();
  const lock = new KeyedLock();
  const { work, end } = makeWork();
  const running = lock.runAll(["a", "b"], async () => {
    lock.release("b");
    const other = await lock.acquire("b");
    await work;
    other.release();
  });
  await drainMicrotasks();
  const waiting = lock.run("b", () => {});
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting b, holding b"]);
  end();
  await Promise.all([running, waiting]);
  assertEquals(watching.watch.holds(), []);
});

Deno.test("a writer behind a reader of its own task is re-entrant", async () => {
  using watching = new Watching();
  const lock = new RwLock({ name: "doc" });
  const running = lock.read.run(() => lock.write.acquire());
  await watching.pass();
  assertEquals(watching.told, ["reentrant: waiting doc, holding doc"]);
  lock.cancel();
  await running.catch(ignore);
});

Deno.test("a reader behind a writer that waits for its own task is re-entrant", async () => {
  using watching = new Watching();
  const lock = new RwLock({ name: "doc" });
  const { work, end } = makeWork();
  const reading = lock.read.run(async () => {
    await work;
    await lock.read.acquire();
  });
  const writing = lock.write.acquire();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting doc, holding doc"]);
  end();
  await watching.pass();
  assertEquals(watching.told.slice(1), [
    "reentrant: waiting doc, waiting doc, holding doc",
  ]);
  assertEquals(watching.stalls[1]!.chain.map(({ mode }) => mode), [
    "read",
    "write",
    "read",
  ]);
  lock.cancel();
  await Promise.allSettled([reading, writing]);
});

Deno.test("a once function that calls itself is re-entrant", async () => {
  using watching = new Watching();
  const controller = new AbortController();
  const load = once(async function load(): Promise<void> {
    await drainMicrotasks();
    await again();
  });
  const again = () => load({ signal: controller.signal });
  const loading = again();
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting load, holding load",
    "reentrant: waiting load, holding load",
  ]);
  controller.abort();
  await loading.catch(ignore);
  await drainMicrotasks();
  assertEquals(watching.watch.holds(), []);
});

Deno.test("five holders of five permits that want one more are re-entrant", async () => {
  using watching = new Watching();
  const semaphore = new Semaphore(5, { name: "pool" });
  const go = drainMicrotasks();
  const tasks = Array.from(
    { length: 5 },
    () => semaphore.run(() => go.then(() => semaphore.acquire())),
  );
  await watching.pass();
  assertEquals(
    watching.told,
    Array(5).fill("reentrant: waiting pool, holding pool"),
  );
  semaphore.cancel();
  await Promise.allSettled(tasks);
});

Deno.test("nobody is accused while one holder of a semaphore may finish", async () => {
  using watching = new Watching();
  const semaphore = new Semaphore(3, { name: "pool" });
  const go = drainMicrotasks();
  const { work, end } = makeWork();
  const tasks = [
    semaphore.run(() => work),
    ...[1, 2].map(() =>
      semaphore.run(() => go.then(() => semaphore.run(() => {})))
    ),
  ];
  await watching.pass();
  assertEquals(watching.stalls.map(({ kind }) => kind), ["slow", "slow"]);
  end();
  await Promise.all(tasks);
});

for (const length of [2, 3, 10]) {
  Deno.test(`a ring of ${length} keys is one deadlock`, async () => {
    using watching = new Watching();
    const lock = new KeyedLock<number>();
    const tasks = Array.from({ length }, (_, i) =>
      lock.run(i, async () => {
        await drainMicrotasks();
        await lock.acquire((i + 1) % length);
      }));
    const bystander = lock.run(0, () => {});
    await watching.pass();
    await watching.pass();
    assertEquals(
      watching.stalls.map(({ kind, chain }) => [kind, chain.length]),
      [["slow", 2], ["deadlock", 2 * length]],
    );
    lock.cancelAll();
    await Promise.allSettled([...tasks, bystander]);
  });
}

Deno.test("a ring goes over locks, keys, permits and write locks", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "lock" });
  const keys = new KeyedLock({ name: "keys" });
  const semaphore = new Semaphore(2, { name: "semaphore" });
  const rw = new RwLock({ name: "rw" });
  const go = drainMicrotasks();
  const tasks = [
    lock.run(() => go.then(() => keys.acquire("a"))),
    keys.run("a", () => go.then(() => semaphore.acquire())),
    semaphore.run(() => go.then(() => rw.read.acquire()), { permits: 2 }),
    rw.write.run(() => go.then(() => lock.acquire())),
  ];
  await watching.pass();
  assertEquals(watching.told, [
    "deadlock: waiting a, holding a, waiting semaphore, holding semaphore, " +
    "waiting rw, holding rw, waiting lock, holding lock",
  ]);
  for (const held of [lock, semaphore, rw]) held.cancel();
  keys.cancelAll();
  await Promise.allSettled(tasks);
});

Deno.test("a wait behind a lost guard is abandoned, and so are those behind it", async () => {
  using watching = new Watching();
  const lock = new KeyedLock();
  await (async () => void await lock.acquire("a"))();
  const waits = [
    lock.acquire("a"),
    lock.acquireAll(["a", "b"]),
    lock.acquire("b"),
  ].map((wait) => wait.catch(ignore));
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, [
    "abandoned: waiting a, holding a",
    "abandoned: waiting a,b, holding a",
    "abandoned: waiting b, waiting a,b, holding a",
  ]);
  lock.cancelAll();
  await Promise.all(waits);
  assertEquals(lock.isLocked("a"), true);
});

/** Keeps its guard. The stack of the call that took it leads to it, too. */
class Session {
  guard: unknown;
  async open(lock: Lock) {
    this.guard = await lock.acquire();
  }
}

Deno.test("a guard kept by an object that is forgotten is lost, too", async () => {
  using watching = new Watching();
  const locks = ["one", "two"].map((name) => new Lock({ name }));
  for (const lock of locks) await new Session().open(lock);
  const waits = locks.map((lock) => lock.acquire().catch(ignore));
  await collectGuards(); // sees that of the first wait
  await watching.pass(500);
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, [
    "abandoned: waiting one, holding one",
    "abandoned: waiting two, holding two",
  ]);
  for (const lock of locks) lock.cancel();
  await Promise.all(waits);
});

Deno.test("a guard kept by a forgotten object is lost as soon as somebody waits", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  await new Session().open(lock);
  const waiting = lock.acquire().catch(ignore);
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, ["abandoned: waiting db, holding db"]);
  lock.cancel();
  await waiting;
});

Deno.test("the guards of permits, of both sides and of several keys can be lost", async () => {
  using watching = new Watching();
  const semaphore = new Semaphore(2, { name: "pool" });
  const [read, write] = [
    new RwLock({ name: "read" }),
    new RwLock({ name: "write" }),
  ];
  const keys = new KeyedLock();
  await (async () => {
    await semaphore.acquire({ permits: 2 });
    await read.read.acquire();
    await write.write.acquire();
    await keys.acquireAll(["a", "b"]);
  })();
  const waits = [
    semaphore.acquire(),
    read.write.acquire(),
    write.read.acquire(),
    keys.acquire("b"),
  ].map((wait) => wait.catch(ignore));
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, [
    "abandoned: waiting pool, holding pool",
    "abandoned: waiting read, holding read",
    "abandoned: waiting write, holding write",
    "abandoned: waiting b, holding a,b",
  ]);
  for (const held of [semaphore, read, write]) held.cancel();
  keys.cancelAll();
  await Promise.all(waits);
});

Deno.test("a semaphore that lost one guard of two is slow", async () => {
  using watching = new Watching();
  const semaphore = new Semaphore(2, { name: "pool" });
  await (async () => void await semaphore.acquire())();
  const guard = await semaphore.acquire();
  const waiting = semaphore.run(() => {});
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting pool, holding pool, holding pool",
  ]);
  guard.release();
  await waiting;
});

Deno.test("a request that a resize made too large is slow", async () => {
  using watching = new Watching();
  const semaphore = new Semaphore(3, { name: "pool" });
  const guard = await semaphore.acquire();
  const waiting = semaphore.run(() => {}, { permits: 3 });
  semaphore.resize(2);
  guard.release();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting pool"]);
  semaphore.resize(3);
  await waiting;
});

Deno.test("who waits behind a waiting writer is told of it", async () => {
  using watching = new Watching();
  const lock = new RwLock({ name: "doc" });
  const guard = await lock.read.acquire();
  const waits = [lock.write.run(() => {}), lock.read.run(() => {})];
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting doc, holding doc",
    "slow: waiting doc, waiting doc, holding doc",
  ]);
  guard.release();
  await Promise.all(waits);
});

Deno.test("a task that waits for two things at once is in a ring with either", async () => {
  using watching = new Watching();
  const lock = new KeyedLock();
  const go = drainMicrotasks();
  const tasks = [
    lock.run(
      "a",
      () => go.then(() => Promise.all([lock.acquire("b"), lock.acquire("c")])),
    ),
    lock.runAll(["b", "c"], () => go.then(() => lock.acquire("a"))),
  ];
  await watching.pass();
  assertEquals(watching.told, [
    "deadlock: waiting b, holding b,c, waiting a, holding a",
    "deadlock: waiting c, holding b,c, waiting a, holding a",
  ]);
  lock.cancelAll();
  await Promise.allSettled(tasks);
});

Deno.test("a ring may lead over those in front, and past those in no ring", async () => {
  using watching = new Watching();
  const lock = new RwLock({ name: "doc" });
  const db = new Lock({ name: "db" });
  const go = drainMicrotasks();
  const tasks = [
    lock.read.run(() => go.then(() => db.acquire())),
    db.run(() => go.then(() => lock.read.acquire())),
    lock.write.acquire(),
    lock.write.acquire(),
    db.acquire(),
  ];
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting doc, holding doc",
    "slow: waiting doc, holding doc",
    "slow: waiting db, holding db",
    "deadlock: waiting db, holding db, waiting doc, waiting doc, holding doc",
  ]);
  assertEquals(watching.stalls.length, 4);
  lock.cancel();
  db.cancel();
  await Promise.allSettled(tasks);
});

Deno.test("a hold is stuck until all that was begun inside has its turn", async () => {
  using watching = new Watching();
  const semaphore = new Semaphore(3, { name: "pool" });
  const lock = new Lock({ name: "db" });
  const { work, end } = makeWork();
  const go = drainMicrotasks();
  const tasks = [
    lock.run(() => work),
    semaphore.run(
      () =>
        go.then(() => Promise.all([lock.run(() => {}), lock.run(() => {})])),
      {
        permits: 3,
      },
    ),
    semaphore.run(() => {}),
  ];
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting pool, holding pool",
    "slow: waiting db, holding db",
    "slow: waiting db, holding db",
  ]);
  end();
  await Promise.all(tasks);
});

Deno.test("who waits for one key of two behind a slow task is slow", async () => {
  using watching = new Watching();
  const keys = new KeyedLock();
  const db = new Lock({ name: "db" });
  const { work, end } = makeWork();
  const tasks = [
    db.run(() => work),
    keys.runAll(["a", "b"], () => db.run(() => {})),
    keys.run("a", () => {}),
  ];
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting db, holding db",
    "slow: waiting a, holding a,b",
  ]);
  end();
  await Promise.all(tasks);
});

Deno.test("all who stand behind the waits for a lost guard are abandoned", async () => {
  using watching = new Watching();
  const lock = new KeyedLock();
  await (async () => void await lock.acquire("a"))();
  const waits = [["a", "b"], ["b", "a"], ["b"]]
    .map((keys) => lock.acquireAll(keys).catch(ignore));
  await collectGuards();
  await watching.pass();
  assertEquals(watching.stalls.map(({ kind }) => kind), [
    "abandoned",
    "abandoned",
    "abandoned",
  ]);
  lock.cancelAll();
  await Promise.all(waits);
});

Deno.test("the chain of a ring leaves out what is not in it", async () => {
  using watching = new Watching();
  const lock = new KeyedLock();
  await (async () => void await lock.acquire("lost"))();
  const go = drainMicrotasks();
  const tasks = [
    lock.run("a", () => go.then(() => lock.acquire("b"))),
    lock.run(
      "b",
      () =>
        go.then(() => Promise.all([lock.acquire("lost"), lock.acquire("c")])),
    ),
    lock.run("c", () => go.then(() => lock.acquire("a"))),
  ];
  await go;
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, [
    "deadlock: waiting b, holding b, waiting c, holding c, waiting a, holding a",
    "abandoned: waiting lost, holding lost",
  ]);
  lock.cancelAll();
  await Promise.allSettled(tasks);
});

Deno.test("a gate, a condition and a barrier are slow", async () => {
  using watching = new Watching();
  const gate = new Gate({ name: "gate" });
  const barrier = new Barrier(2, { name: "barrier" });
  const condition = new Condition(new Lock({ name: "lock" }));
  const guard = await condition.lock.acquire();
  const waits = [gate.wait(), barrier.wait(), condition.wait(guard)];
  await watching.pass();
  assertEquals(watching.told, [
    "slow: waiting gate",
    "slow: waiting barrier",
    "slow: waiting lock",
  ]);
  gate.open();
  barrier.reset();
  condition.cancel();
  await Promise.allSettled(waits);
});

Deno.test("a condition's waiter that cannot get back waits for the lock", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "lock" });
  const condition = new Condition(lock);
  const waiting = lock.run(() => lock.acquire());
  lock.cancel();
  await waiting.catch(ignore);
  const guard = await lock.acquire();
  const back = condition.wait(guard);
  const other = await lock.acquire();
  condition.notify();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting lock, holding lock"]);
  const [wait] = watching.stalls[0]!.chain;
  assertEquals(wait?.primitive, "Lock");
  assertEquals(wait?.at.startsWith("kinds_test.ts"), true);
  other.release();
  await back;
  assertEquals(watching.watch.holds().length, 1);
  guard.release();
  assertEquals(watching.watch.holds(), []);
});

Deno.test("two once functions that call each other are a deadlock", async () => {
  using watching = new Watching();
  const first = once(async function first(): Promise<void> {
    await null;
    await second();
  });
  const second = once(async function second(): Promise<void> {
    await null;
    await first();
  });
  void first();
  await watching.pass();
  const ring = watching.stalls.find(({ kind }) => kind === "deadlock");
  assertStringIncludes(ring?.message ?? "", "its run waits for");
});
