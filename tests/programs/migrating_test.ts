/**
 * Runs the tables of `docs/migrating.md`, and tests what it says about the other
 * libraries. Its longer snippets are run by `deno test --doc`.
 */

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
// @ts-types="npm:@types/async-lock@1.4.2"
import AsyncLock from "npm:async-lock@1.5.0";
import {
  E_ALREADY_LOCKED,
  E_CANCELED,
  E_TIMEOUT,
  Mutex,
  Semaphore as PeerSemaphore,
  tryAcquire,
  withTimeout,
} from "npm:async-mutex@0.5.0";
import * as toolkit from "npm:es-toolkit@1.53.2";
import pLimit from "npm:p-limit@7.3.3";
import page from "../../docs/migrating.md" with { type: "text" };
import {
  Barrier,
  Condition,
  Gate,
  KeyedLock,
  Lock,
  RwLock,
  Semaphore,
} from "../../mod.ts";
import {
  drainMicrotasks,
  reasonOf,
  settledState,
} from "../support/promises.ts";
import { countUnhandled } from "../support/unhandled.ts";

// The tables

/** What the snippets use without declaring it. Deno's types lack `navigator.locks`. */
const PRELUDE = `\
/// <reference lib="dom" />
const work = (..._: unknown[]) => Promise.resolve("done");
const controller = new AbortController();
const { signal } = controller;
`;

/** The columns of the page's tables, each as a module. */
function* columns(): Iterable<string> {
  for (const section of page.split(/^##+ /m)) {
    const [names, , ...rows] = section.split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").slice(1, -1));
    for (const [column, name] of names?.entries() ?? []) {
      if (name.trim() === "Python") continue;
      const cells = rows.map((row) => row[column]).join();
      yield [...cells.matchAll(/`([^`]+)`/g)].map(([, call]) => call)
        .join(";\n");
    }
  }
}

Deno.test("docs/migrating.md has tables whose columns are programs", async () => {
  const modules = Array.from(columns(), (column) => {
    const source = (PRELUDE + column).replace(
      "import AsyncLock",
      '// @ts-types="npm:@types/async-lock@1.4.2"\n$&',
    );
    return `import "data:text/typescript,${encodeURIComponent(source)}";`;
  });
  assertEquals(modules.length, 19);

  const { status, stdin, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--check", "-"],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const written = ReadableStream.from(modules)
    .pipeThrough(new TextEncoderStream())
    .pipeTo(stdin);
  assertEquals(await new Response(stderr).text(), "");
  await written;
  assertEquals((await status).code, 0);
});

// What the page says about the differences

/** Work that never ends. */
const forEver = () => new Promise<never>(() => {});

/** A wait for a `Lock` that timed out is not handed the lock. */
async function assertTimedOutLeaves(time: FakeTime): Promise<void> {
  const lock = new Lock();
  const guard = await lock.acquire();
  const reason = reasonOf(lock.acquire({ timeout: 100 }));
  await time.tickAsync(100);
  assert((await reason) instanceof DOMException);
  guard.release();
  assertEquals(lock.locked, false);
}

for (
  const [name, mutex] of [
    ["async-mutex", new Mutex()],
    ["es-toolkit", new toolkit.Mutex()],
  ] as const
) {
  Deno.test(`${name}: releasing a free mutex is ignored; Lock throws`, () => {
    mutex.release();
    assertThrows(() => new Lock().release(), Error, "it is not held");
  });
}

Deno.test("async-mutex: a stale release lets two in; a stale guard does nothing", async () => {
  const mutex = new Mutex();
  const release = await mutex.acquire();
  mutex.release();
  release();
  await mutex.acquire();
  assertEquals(await settledState(mutex.acquire()), "fulfilled");

  const lock = new Lock();
  const guard = await lock.acquire();
  lock.release();
  guard.release();
  await lock.acquire();
  assertEquals(await settledState(lock.acquire()), "pending");
});

Deno.test("async-mutex: waits share their errors; in Lock each has its own", async () => {
  const mutex = new Mutex();
  await mutex.acquire();
  const cancelled = [mutex.acquire(), mutex.acquire()].map(reasonOf);
  mutex.cancel();
  for (const reason of cancelled) assertStrictEquals(await reason, E_CANCELED);

  const lock = new Lock();
  await lock.acquire();
  const waits = [lock.acquire(), lock.acquire()].map(reasonOf);
  lock.cancel();
  const [first, second] = await Promise.all(waits);
  assert(first instanceof DOMException && second instanceof DOMException);
  assertEquals([first.name, second.name], ["AbortError", "AbortError"]);
  assertNotStrictEquals(first, second);
});

Deno.test("async-mutex: a wait that timed out keeps its place; in Lock it leaves", async () => {
  using time = new FakeTime();
  const mutex = new Mutex();
  const release = await mutex.acquire();
  const outOfTime = reasonOf(withTimeout(mutex, 100).acquire());
  await time.tickAsync(100);
  assertStrictEquals(await outOfTime, E_TIMEOUT);
  release();
  assertEquals(mutex.isLocked(), true);

  await assertTimedOutLeaves(time);
});

Deno.test("async-mutex: tryAcquire() answers after a timer; Lock answers at once", async () => {
  using time = new FakeTime();
  const mutex = new Mutex();
  await mutex.acquire();
  const attempt = tryAcquire(mutex).acquire();
  const reason = reasonOf(attempt);
  assertEquals(await settledState(attempt), "pending");
  time.tick(1);
  assertStrictEquals(await reason, E_ALREADY_LOCKED);

  const lock = new Lock();
  await lock.acquire();
  assertEquals(lock.tryAcquire(), undefined);
});

Deno.test("async-mutex: runExclusive() starts its function later; run() does so before it returns", async () => {
  const started: string[] = [];
  const running = new Mutex().runExclusive(() => started.push("mutex"));
  const holding = new Lock().run(() => started.push("lock"));
  assertEquals(started, ["lock"]);
  await Promise.all([running, holding]);
});

Deno.test("async-mutex: a higher priority overtakes", async () => {
  const order: string[] = [];
  const mutex = new Mutex();
  const release = await mutex.acquire();
  const waits = [
    mutex.runExclusive(() => order.push("first to come"), 0),
    mutex.runExclusive(() => order.push("urgent"), 1),
  ];
  release();
  await Promise.all(waits);
  assertEquals(order, ["urgent", "first to come"]);
});

Deno.test("async-mutex: waitForUnlock() has no place in the queue; acquire() has one", async () => {
  const order: string[] = [];
  const mutex = new Mutex();
  const release = await mutex.acquire();
  const unlocked = mutex.waitForUnlock().then(() => order.push("unlocked"));
  const running = mutex.runExclusive(() => order.push("later request"));
  release();
  await Promise.all([unlocked, running]);
  assertEquals(order, ["later request", "unlocked"]);

  const lock = new Lock();
  const guard = await lock.acquire();
  const passing = lock.run(() => order.push("in turn"));
  const later = lock.run(() => order.push("later"));
  guard.release();
  await Promise.all([passing, later]);
  assertEquals(order.slice(2), ["in turn", "later"]);
});

Deno.test("async-mutex: waitForUnlock() takes nothing; acquire() holds the lock for a moment", async () => {
  const mutex = new Mutex();
  const release = await mutex.acquire();
  const unlocked = [mutex.waitForUnlock(), mutex.waitForUnlock()];
  release();
  assertEquals(mutex.isLocked(), false);
  assertEquals(await settledState(Promise.all(unlocked)), "fulfilled");

  const lock = new Lock();
  const guard = await lock.acquire();
  const passing = lock.acquire();
  guard.release();
  assertEquals(lock.locked, true);
  (await passing).release();
});

Deno.test("async-mutex: cancel() does not end waitForUnlock(); it does end acquire()", async () => {
  const mutex = new Mutex();
  await mutex.acquire();
  const unlocked = mutex.waitForUnlock();
  mutex.cancel();
  assertEquals(await settledState(unlocked), "pending");

  const lock = new Lock();
  await lock.acquire();
  const passing = lock.acquire();
  lock.cancel();
  assertEquals(await settledState(passing), "rejected");
});

Deno.test("async-mutex: anyone may add permits to a semaphore; here guards give back what they took", async () => {
  const peer = new PeerSemaphore(1);
  peer.release(3);
  assertEquals(peer.getValue(), 4);

  const semaphore = new Semaphore(3);
  const guard = await semaphore.acquire({ permits: 2 });
  guard.release();
  guard.release();
  assertEquals(semaphore.available, 3);
});

Deno.test("async-mutex: setValue() counts free permits; resize() counts all of them", async () => {
  const peer = new PeerSemaphore(5);
  const semaphore = new Semaphore(5);
  await peer.acquire(5);
  await semaphore.acquire({ permits: 5 });
  peer.setValue(5);
  semaphore.resize(10);
  assertEquals([peer.getValue(), semaphore.available], [5, 5]);
});

Deno.test("async-mutex: a request that is too large waits; here it is refused", async () => {
  const peer = new PeerSemaphore(5);
  const waiting = peer.acquire(6);
  assertEquals(await settledState(waiting), "pending");
  peer.release();
  assertEquals(await settledState(waiting), "fulfilled");

  const reason = await reasonOf(new Semaphore(5).acquire({ permits: 6 }));
  assert(reason instanceof RangeError);
});

Deno.test("async-mutex: acquire() and runExclusive() say how many permits were free", async () => {
  const peer = new PeerSemaphore(5);
  assertEquals((await peer.acquire(2))[0], 5);
  assertEquals(await peer.runExclusive((value) => value), 3);
});

Deno.test("async-mutex and Semaphore: small requests do not overtake a large one", async () => {
  const peer = new PeerSemaphore(2);
  const semaphore = new Semaphore(2);
  for (
    const acquire of [
      (permits: number) => peer.acquire(permits),
      (permits: number) => semaphore.acquire({ permits }),
    ]
  ) {
    await acquire(1);
    const waits = [acquire(2), acquire(1)];
    assertEquals(await settledState(Promise.race(waits)), "pending");
  }
});

Deno.test("async-lock: maxExecutionTime lets two in", async () => {
  using time = new FakeTime();
  const lock = new AsyncLock();
  let inside = 0;
  const body = () => {
    inside++;
    return forEver();
  };
  const reason = reasonOf(lock.acquire("a", body, { maxExecutionTime: 100 }));
  lock.acquire("a", body);
  await drainMicrotasks();
  assertEquals(inside, 1);
  await time.tickAsync(100);
  assert((await reason) instanceof Error);
  assertEquals(inside, 2);
});

Deno.test("async-lock: maxOccupationTime rejects while the body runs on", async () => {
  using time = new FakeTime();
  const lock = new AsyncLock();
  const body = Promise.withResolvers<void>();
  const reason = reasonOf(
    lock.acquire("a", () => body.promise, { maxOccupationTime: 100 }),
  );
  await time.tickAsync(100);
  assert((await reason) instanceof Error);
  assertEquals(lock.isBusy("a"), true);
  body.resolve();
  await drainMicrotasks();
  assertEquals(lock.isBusy("a"), false);
});

Deno.test("async-lock: keys in opposite orders deadlock; runAll() gets through", async () => {
  // Both keys are held at first, and freed one after the other.
  const peer = new AsyncLock();
  const holds = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  peer.acquire("a", () => holds[0]!.promise);
  peer.acquire("b", () => holds[1]!.promise);
  const both = [
    peer.acquire(["a", "b"], () => {}),
    peer.acquire(["b", "a"], () => {}),
  ];
  for (const hold of holds) {
    hold.resolve();
    await drainMicrotasks();
  }
  assertEquals(await settledState(Promise.race(both)), "pending");

  const lock = new KeyedLock();
  const guards = [await lock.acquire("a"), await lock.acquire("b")];
  const runs = [
    lock.runAll(["a", "b"], () => {}),
    lock.runAll(["b", "a"], () => {}),
  ];
  for (const guard of guards) {
    guard.release();
    await drainMicrotasks();
  }
  assertEquals(await settledState(Promise.all(runs)), "fulfilled");
});

Deno.test("async-lock: a timeout of 0 waits for ever; KeyedLock does not wait at all", async () => {
  using time = new FakeTime();
  const peer = new AsyncLock();
  peer.acquire("a", forEver);
  const waiting = peer.acquire("a", () => {}, { timeout: 0 });
  await time.tickAsync(1_000_000);
  assertEquals(await settledState(waiting), "pending");

  const lock = new KeyedLock();
  await lock.acquire("a");
  const reason = await reasonOf(lock.run("a", () => {}, { timeout: 0 }));
  assert(reason instanceof DOMException);
});

Deno.test("async-lock: at most 1 000 may wait for a key; in KeyedLock any number may", async () => {
  const peer = new AsyncLock();
  const lock = new KeyedLock();
  peer.acquire("a", forEver);
  await lock.acquire("a");
  for (let i = 0; i < 1_000; i++) {
    peer.acquire("a", () => {});
    lock.acquire("a");
  }
  assert((await reasonOf(peer.acquire("a", () => {}))) instanceof Error);
  lock.acquire("a");
  assertEquals(lock.waiting("a"), 1_001);
});

Deno.test("async-lock: with maxPending: 0 nobody may wait, but in a call it counts as left out", async () => {
  const strict = new AsyncLock({ maxPending: 0 });
  assertEquals(await strict.acquire("a", () => "done"), "done");
  strict.acquire("a", forEver);
  assert((await reasonOf(strict.acquire("a", () => {}))) instanceof Error);

  const peer = new AsyncLock();
  peer.acquire("a", forEver);
  const waiting = peer.acquire("a", () => {}, { maxPending: 0 });
  assertEquals(await settledState(waiting), "pending");

  const lock = new KeyedLock();
  const options = { timeout: 0 };
  assertEquals(await lock.run("a", () => "done", options), "done");
  await lock.acquire("a");
  const refused = lock.run("a", () => {}, options);
  assertEquals(await settledState(refused), "rejected");
});

Deno.test("async-lock: a callback runs before the next task starts; code after an await runs later", async () => {
  const order: string[] = [];
  const peer = new AsyncLock();
  peer.acquire("a", drainMicrotasks, () => order.push("callback"));
  await peer.acquire("a", () => order.push("next task"));
  assertEquals(order.splice(0), ["callback", "next task"]);

  const lock = new KeyedLock();
  for (
    const run of [
      (work: () => unknown) => peer.acquire("a", work),
      (work: () => unknown) => lock.run("a", work),
    ]
  ) {
    const first = run(drainMicrotasks).then(() => order.push("after await"));
    await Promise.all([first, run(() => order.push("next task"))]);
    assertEquals(order.splice(0), ["next task", "after await"]);
  }
});

Deno.test("async-lock: a call without a function throws; run() of KeyedLock rejects", async () => {
  assertThrows(() => new AsyncLock().acquire("a", undefined as never), Error);
  const refused = new KeyedLock().run("a", undefined as never);
  assert((await reasonOf(refused)) instanceof TypeError);
});

Deno.test("async-lock: keys are strings; in KeyedLock they are any values", async () => {
  const [one, another] = [{}, {}];
  const peer = new AsyncLock();
  peer.acquire(one as string, forEver);
  assertEquals(peer.isBusy(another as string), true);

  const lock = new KeyedLock<object>();
  await lock.acquire(one);
  assertEquals(lock.isLocked(another), false);
});

Deno.test("async-lock: a function with a parameter has to call that parameter", async () => {
  const body = (_: unknown) => Promise.resolve();
  const running = new AsyncLock().acquire("a", body);
  assertEquals(await settledState(running), "pending");
});

Deno.test("async-lock: skipQueue overtakes", async () => {
  const order: string[] = [];
  const lock = new AsyncLock();
  await Promise.all([
    lock.acquire("a", drainMicrotasks),
    lock.acquire("a", () => order.push("first to come")),
    lock.acquire("a", () => order.push("urgent"), { skipQueue: true }),
  ]);
  assertEquals(order, ["urgent", "first to come"]);
});

Deno.test("p-limit: clearQueue() leaves waits pending; cancel() rejects them", async () => {
  const limit = pLimit(1);
  limit(forEver);
  const cleared = limit(() => {});
  limit.clearQueue();
  assertEquals(await settledState(cleared), "pending");

  const lock = new Lock();
  await lock.acquire();
  const cancelled = lock.run(() => {});
  lock.cancel();
  assertEquals(await settledState(cancelled), "rejected");
});

Deno.test("p-limit: nobody has to handle cleared calls; a cancelled one has to be handled", async () => {
  const limit = pLimit(1);
  limit(forEver);
  limit(() => {});
  assertEquals(await countUnhandled(() => limit.clearQueue()), 0);

  const lock = new Lock();
  await lock.acquire();
  lock.run(() => {});
  assertEquals(await countUnhandled(() => lock.cancel()), 1);
});

Deno.test("p-limit: with rejectOnClear waits share their error", async () => {
  const limit = pLimit({ concurrency: 1, rejectOnClear: true });
  limit(forEver);
  const waits = [limit(() => {}), limit(() => {})].map(reasonOf);
  await drainMicrotasks();
  limit.clearQueue();
  const [first, second] = await Promise.all(waits);
  assert(first instanceof DOMException);
  assertStrictEquals(first, second);
});

Deno.test("p-limit: a function starts later; run() starts it before it returns", async () => {
  const started: string[] = [];
  const limited = pLimit(1)(() => started.push("p-limit"));
  const holding = new Lock().run(() => started.push("lock"));
  assertEquals(started, ["lock"]);
  await Promise.all([limited, holding]);
});

Deno.test("p-limit: a limit may be infinite; a number of permits may not", () => {
  pLimit(Infinity);
  assertThrows(() => new Semaphore(Infinity), RangeError);
});

for (
  const [title, permits, peer, own] of [
    ["lets two into a mutex", 1, new toolkit.Mutex(), new Lock()],
    [
      "lets one too many past a semaphore",
      2,
      new toolkit.Semaphore(2),
      new Semaphore(2),
    ],
  ] as const
) {
  Deno.test(`es-toolkit: a second release ${title}; a second release of a guard does nothing`, async () => {
    for (let i = 0; i < permits; i++) await peer.acquire();
    const waits = [peer.acquire(), peer.acquire()];
    peer.release();
    peer.release();
    assertEquals(await settledState(Promise.all(waits)), "fulfilled");

    const guard = await own.acquire();
    for (let i = 1; i < permits; i++) await own.acquire();
    const [second, third] = [own.acquire(), own.acquire()];
    guard.release();
    guard.release();
    assertEquals(await settledState(second), "fulfilled");
    assertEquals(await settledState(third), "pending");
  });
}

Deno.test("es-toolkit: a larger capacity lets nobody in; resize() does", async () => {
  const peer = new toolkit.Semaphore(1);
  await peer.acquire();
  const waiting = peer.acquire();
  peer.capacity = 2;
  assertEquals(await settledState(waiting), "pending");

  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const admitted = semaphore.acquire();
  semaphore.resize(2);
  assertEquals(await settledState(admitted), "fulfilled");
});

Deno.test("es-toolkit: withTimeout() leaks the mutex; a timeout of Lock leaves the queue", async () => {
  using time = new FakeTime();
  const mutex = new toolkit.Mutex();
  await mutex.acquire();
  const outOfTime = reasonOf(toolkit.withTimeout(() => mutex.acquire(), 100));
  await time.tickAsync(100);
  assert((await outOfTime) instanceof toolkit.TimeoutError);
  mutex.release();
  assertEquals(mutex.isLocked, true);

  await assertTimedOutLeaves(time);
});

/** The part of `navigator.locks` that is used here. Deno's types lack it. */
interface LockManager {
  request<T>(
    name: string,
    options: {
      mode?: "exclusive" | "shared";
      ifAvailable?: boolean;
      signal?: AbortSignal;
      steal?: boolean;
    },
    work: (lock: unknown) => T | Promise<T>,
  ): Promise<T>;
}
const { locks } = navigator as Navigator & { locks: LockManager };

Deno.test("navigator.locks: a lock is held for other workers too", async () => {
  const script = `
    const locks = navigator.locks;
    postMessage(await locks.request("a", { ifAvailable: true }, (lock) => lock === null));
  `;
  const { data } = await locks.request("a", {}, async () => {
    const message = Promise.withResolvers<MessageEvent>();
    const url = `data:text/javascript,${encodeURIComponent(script)}`;
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = message.resolve;
    const event = await message.promise;
    worker.terminate();
    return event;
  });
  assertEquals(data, true);
});

Deno.test("navigator.locks: requests inside requests can deadlock", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const nested = (outer: string, inner: string) =>
    locks.request(outer, {}, async () => {
      await drainMicrotasks();
      await locks.request(inner, { signal }, () => {});
    });
  const both = [nested("a", "b"), nested("b", "a")];
  assertEquals(await settledState(Promise.race(both)), "pending");
  controller.abort();
  await Promise.allSettled(both);
});

Deno.test("navigator.locks: an abort in the same tick ends a request for a free lock; run() has started", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const started: string[] = [];
  const requested = locks.request("a", { signal }, () => {
    started.push("request");
  });
  const running = new KeyedLock().run("a", () => {
    started.push("run");
  }, { signal });
  controller.abort();
  assertStrictEquals(await reasonOf(requested), signal.reason);
  await running;
  assertEquals(started, ["run"]);
});

Deno.test("navigator.locks and RwLock: readers share, in the order of the requests", async () => {
  const lock = new RwLock();
  for (
    const request of [
      (mode: "exclusive" | "shared", work: () => Promise<void>) =>
        locks.request("a", { mode }, work),
      (mode: "exclusive" | "shared", work: () => Promise<void>) =>
        (mode === "shared" ? lock.read : lock.write).run(work),
    ]
  ) {
    const inside: string[] = [];
    const body = Promise.withResolvers<void>();
    const enter = (name: string) => () => {
      inside.push(name);
      return body.promise;
    };
    const running = Promise.all([
      request("shared", enter("reader")),
      request("shared", enter("reader")),
      request("exclusive", enter("writer")),
      request("shared", enter("late reader")),
    ]);
    await drainMicrotasks();
    assertEquals(inside, ["reader", "reader"]);
    body.resolve();
    await running;
    assertEquals(inside, ["reader", "reader", "writer", "late reader"]);
  }
});

Deno.test("navigator.locks: a name must not start with a hyphen", async () => {
  const reason = await reasonOf(locks.request("-a", {}, () => {}));
  assert(reason instanceof DOMException);
});

Deno.test("navigator.locks: work is called with null if the lock is held", async () => {
  const given = await locks.request(
    "a",
    {},
    () => locks.request("a", { ifAvailable: true }, (lock) => lock),
  );
  assertEquals(given, null);
});

Deno.test("navigator.locks: a task that lost its lock goes on working", async () => {
  const body = Promise.withResolvers<void>();
  let robbed = "works";
  const reason = reasonOf(locks.request("a", {}, async () => {
    await body.promise;
    robbed = "is done";
  }));
  await locks.request("a", { steal: true }, () => {
    assertEquals(robbed, "works");
    body.resolve();
  });
  assert((await reason) instanceof DOMException);
  await drainMicrotasks();
  assertEquals(robbed, "is done");
});

Deno.test("navigator.locks and KeyedLock: an abort ends the wait with its reason, and changes nothing later", async () => {
  const keyed = new KeyedLock();
  for (
    const request of [
      (signal: AbortSignal, work: () => unknown) =>
        locks.request("a", { signal }, work),
      (signal: AbortSignal, work: () => unknown) =>
        keyed.run("a", work, { signal }),
    ]
  ) {
    const [holder, waiter] = [new AbortController(), new AbortController()];
    const body = Promise.withResolvers<string>();
    const holding = request(holder.signal, () => body.promise);
    const waiting = request(waiter.signal, () => {});
    await drainMicrotasks();
    holder.abort();
    const gone = new Error("The client has gone");
    waiter.abort(gone);
    assertStrictEquals(await reasonOf(waiting), gone);
    body.resolve("done");
    assertEquals(await holding, "done");
  }
});

Deno.test("asyncio: a second release by hand in a row throws, as it does there", async () => {
  const lock = new Lock();
  await lock.acquire();
  const waits = [lock.acquire(), lock.acquire()];
  lock.release();
  assertThrows(() => lock.release(), Error);
  assertEquals(await settledState(waits[0]!), "fulfilled");
  assertEquals(await settledState(waits[1]!), "pending");
});

Deno.test("asyncio: a semaphore has at least one permit here", () => {
  assertThrows(() => new Semaphore(0), RangeError);
});

Deno.test("asyncio: open() lets everyone through even if close() and an abort follow", async () => {
  const gate = new Gate();
  const controller = new AbortController();
  const waiting = gate.wait({ signal: controller.signal });
  gate.open();
  gate.close();
  controller.abort();
  assertEquals(await settledState(waiting), "fulfilled");
});

Deno.test("asyncio: of a notification and an abort in one tick, the first wins", async () => {
  const condition = new Condition();
  for (
    const [first, outcome] of [["notify", "fulfilled"], ["abort", "rejected"]]
  ) {
    const controller = new AbortController();
    const guards = [await condition.lock.acquire()];
    const waits = [condition.wait(guards[0]!, { signal: controller.signal })];
    guards.push(await condition.lock.acquire());
    waits.push(condition.wait(guards[1]!));
    await condition.lock.run(() => {
      if (first === "abort") controller.abort();
      condition.notify();
      controller.abort();
    });
    assertEquals(await settledState(waits[0]!), outcome);
    assertEquals(guards[0]!.held, true);
    guards[0]!.release();
    const other = outcome === "fulfilled" ? "pending" : "fulfilled";
    assertEquals(await settledState(waits[1]!), other);
    if (other === "pending") {
      await condition.lock.run(() => condition.notify());
      await waits[1];
    }
    guards[1]!.release();
  }
});

Deno.test("asyncio: a round of a barrier has different numbers even if a party left", async () => {
  const barrier = new Barrier(3);
  const controller = new AbortController();
  const left = reasonOf(barrier.wait({ signal: controller.signal }));
  const second = barrier.wait();
  controller.abort();
  await left;
  assertEquals(barrier.broken, false);
  const numbers = await Promise.all([second, barrier.wait(), barrier.wait()]);
  assertEquals(numbers, [0, 1, 2]);
});
