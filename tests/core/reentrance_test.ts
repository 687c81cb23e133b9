/**
 * Calls from inside a signal's getters and methods, which run while a lock is
 * handed over.
 */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyedLock, Lock } from "../../mod.ts";
import {
  drainMicrotasks,
  reasonOf,
  settledState,
} from "../support/promises.ts";
import { makeSignal, waysToWait } from "../support/hostile_signals.ts";

Deno.test("a lock does not look free while it looks for its next holder", async () => {
  const lock = new Lock();
  const guard = lock.tryAcquire()!;
  const seen: unknown[] = [];
  let late: Promise<Disposable> | undefined;
  const signal = makeSignal({
    get reason() {
      late = lock.acquire();
      seen.push(lock.locked, lock.tryAcquire(), lock.waiting);
      return "gone";
    },
  });
  const left = reasonOf(lock.acquire({ signal }));
  const next = lock.acquire();
  signal.aborted = true;
  guard.release();
  assertEquals(seen, [true, undefined, 2]);
  assertEquals(await left, "gone");
  (await next).release();
  (await late!)[Symbol.dispose]();
  assertEquals(lock.locked, false);
});

Deno.test("a key does not look free while it looks for its next holder", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("a")!;
  const seen: unknown[] = [];
  const late: Promise<Disposable>[] = [];
  const signal = makeSignal({
    get reason() {
      late.push(lock.acquire("a"), lock.acquireAll(["a", "b"]));
      seen.push(
        lock.isLocked("a"),
        lock.tryAcquire("a"),
        lock.tryAcquireAll(["c", "a"]),
        lock.waiting("a"),
      );
      return "gone";
    },
  });
  const left = reasonOf(lock.acquire("a", { signal }));
  const next = lock.acquire("a");
  signal.aborted = true;
  guard.release();
  assertEquals(seen, [true, undefined, undefined, 3]);
  assertEquals(await left, "gone");
  (await next).release();
  for (const wait of late) (await wait)[Symbol.dispose]();
  assertEquals(lock.size, 0);
});

for (const [title, hold] of Object.entries(waysToWait)) {
  // The queue has just found out that this waiter is not aborted.
  for (const what of ["first", "only"] as const) {
    Deno.test(`${title}: a signal whose \`aborted\` cancels the ${what} waiter strands nobody`, async () => {
      const held = hold();
      let isArmed = false;
      const signal = makeSignal({
        get aborted() {
          if (isArmed) {
            isArmed = false;
            held.cancel("cancelled");
          }
          return false;
        },
      });
      const waits = [reasonOf(held.wait({ signal }))];
      if (what === "first") waits.push(reasonOf(held.wait()));
      isArmed = true;
      held.free();
      assertEquals(new Set(await Promise.all(waits)), new Set(["cancelled"]));
      assertEquals(held.waiting, 0);
      assertEquals(held.isUsed, false);
      (await held.wait())[Symbol.dispose]();
      assertEquals(held.isUsed, false);
    });
  }

  Deno.test(`${title}: a signal whose \`aborted\` is true once ends its wait once`, async () => {
    const held = hold();
    let isArmed = false;
    const signal = makeSignal({
      get aborted() {
        const isAborted = isArmed;
        isArmed = false;
        return isAborted;
      },
      reason: "gone",
    });
    const first = held.wait({ signal });
    const second = held.wait({ signal });
    const third = held.wait();
    isArmed = true;
    held.free();
    assertEquals(await reasonOf(first), "gone");
    (await second)[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    assertEquals(signal.listeners.size, 0);
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title}: a signal that waits with itself as its listener is removed is heard`, async () => {
    const held = hold();
    let again: Promise<unknown> | undefined;
    const signal = makeSignal({
      removeEventListener(_: string, listener: () => void) {
        this.listeners.delete(listener);
        again ??= reasonOf(held.wait({ signal: this as never }));
      },
    });
    const first = held.wait({ signal });
    held.free();
    const guard = await first;
    assertEquals(signal.listeners.size, 1);
    signal.abort("gone");
    assertEquals(await again, "gone");
    assertEquals(signal.listeners.size, 0);
    guard[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title}: 5 000 signals that free another lock as they are heard strand nobody`, async () => {
    const all = Array.from({ length: 5000 }, hold);
    const next = all.map((held) => held.wait());
    const signals = all.map((_, i) =>
      makeSignal({
        get reason() {
          all[i + 1]?.free();
          return "gone";
        },
      })
    );
    // In front of each waiter there is one whose end frees the next lock.
    const chain = all.map((held, i) => {
      const other = held.wait({ signal: signals[i]! });
      return reasonOf(other);
    });
    for (const signal of signals) signal.aborted = true;
    all[0]!.free();
    await drainMicrotasks();
    for (const wait of next) (await wait)[Symbol.dispose]();
    assertEquals(new Set(await Promise.all(chain)), new Set(["gone"]));
    assertEquals(all.some(({ isUsed }) => isUsed), false);
  });
}

Deno.test("a call for several keys from inside the end of another needs no timer any more", async () => {
  using time = new FakeTime();
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("c")!;
  let inner: Promise<Disposable> | undefined;
  const signal = makeSignal({
    get reason() {
      inner = lock.acquireAll(["a", "b"], { timeout: 5 });
      return "gone";
    },
  });
  const outer = lock.acquireAll(["a", "b", "c"], { signal });
  signal.aborted = true;
  for (const listener of signal.listeners) listener();
  assertEquals(await reasonOf(outer), "gone");
  const both = await inner!;
  assertEquals(time.next(), false);
  both[Symbol.dispose]();
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("cancelAll() from inside the end of a call for several keys forgets no key with a waiter", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("c")!;
  const late: Promise<Disposable>[] = [];
  const signal = makeSignal({
    get reason() {
      lock.cancelAll("cancelled");
      late.push(
        lock.acquire("a"),
        lock.acquireAll(["b", "a"]),
        lock.acquire("b"),
      );
      return "gone";
    },
  });
  const outer = lock.acquireAll(["a", "b", "c"], { signal });
  const other = reasonOf(lock.acquireAll(["b", "c"]));
  signal.aborted = true;
  for (const listener of signal.listeners) listener();
  assertEquals(await reasonOf(outer), "gone");
  assertEquals(await other, "cancelled");
  assertEquals(await settledState(late[1]!), "pending");
  for (const wait of late) (await wait)[Symbol.dispose]();
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("a guard of several keys may be released from inside of its own release()", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquireAll(["a", "b", "c"])!;
  const signal = makeSignal({
    removeEventListener() {
      guard.release();
      lock.cancelAll("cancelled");
    },
  });
  const waits = ["a", "b", "c"].map((key) => lock.acquire(key, { signal }));
  guard.release();
  const results = await Promise.allSettled(waits);
  for (const result of results) {
    if (result.status === "fulfilled") result.value.release();
  }
  assertEquals(lock.size, 0);
});
