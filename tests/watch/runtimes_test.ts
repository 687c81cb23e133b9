/** What a runtime lacks, a watch does without. */

import { assertEquals } from "@std/assert";
import { Lock, Semaphore } from "../../mod.ts";
import { watchLocks } from "../../watch.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { collectGuards, makeWork, Watching } from "./watching.ts";

/** Replaces a property for a while. */
function replace<T extends object>(
  object: T,
  name: keyof T | string,
  value: unknown,
): Disposable {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true });
  return {
    [Symbol.dispose]() {
      if (before) Object.defineProperty(object, name, before);
      else delete object[name as keyof T];
    },
  };
}

async function stallOf(lock: Lock, watching: Watching): Promise<string[]> {
  const running = lock.run(() => lock.acquire());
  await watching.pass();
  lock.cancel();
  await running.catch(() => {});
  return watching.told;
}

Deno.test("without AsyncLocalStorage, a lock taken twice is slow", async () => {
  using _ = replace(globalThis, "process", undefined);
  using watching = new Watching();
  assertEquals(await stallOf(new Lock({ name: "db" }), watching), [
    "slow: waiting db, holding db",
  ]);
});

Deno.test("without timers, nothing is reported in time", () => {
  using _ = replace(globalThis, "setInterval", () => {
    throw new Error("Only inside a request");
  });
  using watch = watchLocks({ stallAfter: 1 });
  const lock = new Lock();
  lock.tryAcquire();
  lock.acquire().catch(() => {});
  assertEquals(watch.waits().length, 1);
  lock.cancel();
});

Deno.test("without weak references, no guard is known to be lost", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  const waiting = await (async () => {
    using _refs = replace(globalThis, "WeakRef", undefined);
    using _registry = replace(globalThis, "FinalizationRegistry", undefined);
    await lock.acquire();
    return { end: lock.acquire().catch(() => {}) };
  })();
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting db, holding db"]);
  assertEquals(watching.watch.holds().length, 1);
  lock.cancel();
  await waiting.end;
});

Deno.test("a timer that has died with its request is replaced by the next wait", () => {
  let now = 0; // as it is outside of a request
  let timers = 0;
  using _clock = replace(performance, "now", () => now);
  using _timer = replace(globalThis, "setInterval", () => ++timers);
  using _unref = replace(Deno, "unrefTimer", () => {});
  using watch = watchLocks({ stallAfter: 100 });
  const lock = new Lock();
  lock.tryAcquire();
  const wait = () => void lock.acquire().catch(() => {});
  wait();
  now = 1_000_000;
  assertEquals(watch.waits()[0]?.waited, 0);
  wait();
  assertEquals(timers, 2);
  now += 1000; // the program may just have been busy
  wait();
  assertEquals(timers, 2);
  now += 101;
  wait();
  assertEquals(timers, 3);
  lock.cancel();
});

Deno.test("a timer that is a number is unref'd by its number", () => {
  const unrefd: unknown[] = [];
  using _timer = replace(globalThis, "setInterval", () => 17);
  using _unref = replace(Deno, "unrefTimer", (id: number) => unrefd.push(id));
  using _ = watchLocks({ stallAfter: 1 });
  const lock = new Lock();
  lock.tryAcquire();
  lock.acquire().catch(() => {});
  lock.cancel();
  assertEquals(unrefd, [17]);
});

Deno.test("outside of Deno, it listens to the process", async () => {
  const listeners = new Set<() => void>();
  const told: string[] = [];
  using _ = replace(globalThis, "process", {
    on: (_event: string, listener: () => void) => listeners.add(listener),
    off: (_event: string, listener: () => void) => listeners.delete(listener),
  });
  const watch = (() => {
    using _ = replace(globalThis, "Deno", undefined);
    return watchLocks({ onStall: ({ message }) => told.push(message) });
  })();
  const lock = new Lock({ name: "db" });
  lock.tryAcquire();
  const waiting = lock.acquire().catch(() => {});
  for (const listener of listeners) listener();
  for (const listener of listeners) listener();
  assertEquals(told.length, 1);
  assertEquals(
    told[0]?.split("\n").at(-1),
    "Nothing is left to run, so this wait will never end.",
  );
  watch[Symbol.dispose]();
  assertEquals(listeners.size, 0);
  lock.cancel();
  await waiting;
});

for (
  const prepare of [
    () => [],
    // As in Bun, which leaves out the frame of what was called last.
    () =>
      "Error\n    at run (node:async_hooks:144:29)\n    at run (lock.ts:1:2)",
    () => {
      throw new Error("It has a bug");
    },
  ]
) {
  Deno.test(`a program's own Error.prepareStackTrace may do what it likes: ${prepare}`, async () => {
    using watching = new Watching();
    const lock = new Lock({ name: "db" });
    const running = lock.run(() => lock.acquire());
    await drainMicrotasks();
    const time = watching.time;
    {
      using _ = replace(Error, "prepareStackTrace", prepare);
      time.tick(2000);
    }
    assertEquals(watching.stalls[0]?.kind, "reentrant");
    assertEquals(watching.stalls[0]?.chain[0]?.stack, "");
    lock.cancel();
    await running.catch(() => {});
  });
}

Deno.test("what began before the watch may end later", async () => {
  const lock = new Lock();
  const semaphore = new Semaphore(2);
  const { work, end } = makeWork();
  const running = semaphore.run(() => work);
  const guard = await lock.acquire();
  const waiting = lock.acquire({ timeout: 60_000 });
  using watch = watchLocks();
  const other = await semaphore.acquire();
  end();
  await running;
  assertEquals(watch.holds().length, 1);
  other.release();
  guard.release();
  (await waiting).release();
  assertEquals(watch.holds(), []);
});

Deno.test("a watch that ends in the middle of its reports is silent", async () => {
  const lock = new Lock();
  lock.tryAcquire();
  let calls = 0;
  using watching = new Watching({
    onStall() {
      calls++;
      watching.watch[Symbol.dispose]();
    },
  });
  const first = new Lock();
  first.tryAcquire();
  const waits = [first.acquire(), lock.acquire(), lock.acquire()];
  waits[0]!.catch(() => {});
  first.cancel(); // the others began in the middle of a look
  await watching.pass();
  assertEquals(calls, 1);
  lock.cancel();
  await Promise.allSettled(waits);
});
