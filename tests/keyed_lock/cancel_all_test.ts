import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
} from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";
import { drainMicrotasks, reasonOf } from "../support/promises.ts";
import { makeSignal } from "../support/hostile_signals.ts";

Deno.test("cancelAll() rejects everyone who waits, and leaves the holders", async () => {
  const lock = new KeyedLock();
  const guards = ["a", "b"].map((key) => lock.tryAcquire(key)!);
  const waits = [
    lock.acquire("a"),
    lock.acquireAll(["a", "b", "c"]),
    lock.acquire("c"),
    lock.run("b", () => 1, { timeout: 60_000 }),
    lock.acquireAll(["c", "d"], { signal: new AbortController().signal }),
    lock.acquire("d"),
  ].map(reasonOf);
  const reason = new Error("The server is closing");
  lock.cancelAll(reason);
  assertEquals([...lock.keys()].sort(), ["a", "b"]);
  assertEquals(["a", "b", "c", "d"].map((key) => lock.waiting(key)), [
    0,
    0,
    0,
    0,
  ]);
  assertEquals(new Set(await Promise.all(waits)), new Set([reason]));
  for (const guard of guards) {
    assertEquals(guard.held, true);
    guard.release();
  }
  assertEquals(lock.size, 0);
});

Deno.test("cancelAll() grants nobody what another's rejection sets free", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("a")!;
  // Each but the first waits only for those before it.
  const keys = ["a", "b", "c", "d", "e"];
  const ended: string[] = [];
  const waits: Promise<unknown>[] = [];
  for (let i = 0; i + 1 < keys.length; i++) {
    const both = keys.slice(i, i + 2);
    waits.push(lock.acquireAll(both).catch(() => ended.push(both.join(""))));
    waits.push(lock.acquire(both[1]!).catch(() => ended.push(both[1]!)));
  }
  lock.cancelAll();
  assertEquals([...lock.keys()], ["a"]);
  await Promise.all(waits);
  assertEquals(ended.length, waits.length);
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("cancelAll() rejects a call for several keys once", async () => {
  const lock = new KeyedLock();
  const keys = Array.from({ length: 20 }, (_, i) => `${i}`);
  const guard = lock.tryAcquireAll(keys)!;
  let removed = 0;
  const signal = makeSignal({ removeEventListener: () => removed++ });
  const wait = lock.acquireAll(keys, { signal });
  lock.cancelAll("no");
  assertEquals(await reasonOf(wait), "no");
  assertEquals(removed, 1);
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("cancelAll() without a reason gives each an AbortError of its own", async () => {
  const lock = new KeyedLock({ name: "users" });
  lock.tryAcquire("a");
  const waits = [lock.acquire("a"), lock.acquireAll(["a", "b"])];
  lock.cancelAll();
  const [one, other] = await Promise.all(waits.map(reasonOf));
  for (const reason of [one, other]) {
    assert(reason instanceof DOMException);
    assertEquals(reason.name, "AbortError");
    assertEquals(
      reason.message,
      'Cannot acquire keys of keyed lock "users": the wait was cancelled',
    );
  }
  assertNotStrictEquals(one, other);
});

Deno.test("cancelAll() does nothing if nobody waits", async () => {
  const lock = new KeyedLock();
  lock.cancelAll("no");
  const guard = lock.tryAcquireAll(["a", "b"])!;
  lock.cancelAll("no");
  assertEquals(guard.held, true);
  const wait = lock.acquire("a");
  guard.release();
  (await wait).release();
  assertEquals(lock.size, 0);
});

Deno.test("cancelAll() leaves whoever comes while it runs", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("a")!;
  const late: Promise<Disposable>[] = [];
  const signal = makeSignal({
    removeEventListener() {
      late.push(
        lock.acquire("a"),
        lock.acquire("b"),
        lock.acquireAll(["b", "c"]),
      );
    },
  });
  const waits = [
    lock.acquireAll(["a", "b"], { signal }),
    lock.acquireAll(["b", "c"]),
    lock.acquire("c"),
  ].map(reasonOf);
  lock.cancelAll("no");
  assertEquals(await Promise.all(waits), ["no", "no", "no"]);
  assertEquals(late.length, 3);
  guard.release();
  for (const wait of late) (await wait)[Symbol.dispose]();
  assertEquals(lock.size, 0);
});

Deno.test("cancelAll() comes too late for a call whose signal is aborted", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("a")!;
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("abort", () => lock.cancelAll("cancelled"));
  const waits = [
    lock.acquire("a", { signal }),
    lock.acquireAll(["a", "b"], { signal }),
    lock.acquire("b"),
  ].map(reasonOf);
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "gone", "cancelled"]);
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("a call for several keys that cancelAll() rejects may wait again at once", async () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("a")!;
  const again = lock.acquireAll(["a", "b"])
    .catch(() => lock.acquireAll(["b", "a"]));
  const other = lock.acquire("b").catch(() => lock.acquire("b"));
  lock.cancelAll();
  await drainMicrotasks();
  assertEquals([lock.waiting("a"), lock.waiting("b")], [1, 2]);
  guard.release();
  (await again).release();
  (await other).release();
  assertEquals(lock.size, 0);
});

Deno.test("name is the name given to the constructor", async () => {
  assertEquals(new KeyedLock().name, undefined);
  const lock = new KeyedLock({ name: "users" });
  assertEquals(lock.name, "users");
  lock.tryAcquire("a");
  await assertRejects(
    () => lock.acquire("a", { timeout: 0 }),
    DOMException,
    'Cannot acquire key "a" of keyed lock "users" within 0 ms',
  );
});
