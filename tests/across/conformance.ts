/**
 * What every class promises that locks by key, on whatever engine: one suite,
 * run over `KeyedLock` and the four.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Hold, Locks } from "../../across/_locks.ts";

/** Two objects on one engine; for `KeyedLock`, the same one twice. */
export interface Pair extends AsyncDisposable {
  readonly one: Locks;
  readonly other: Locks;
}

const KEYS = [
  "",
  "{",
  "}",
  "{}",
  "a}b{c",
  "-",
  "two\nlines",
  "'\"\\;--",
  "\0",
  "é",
  "e\u0301",
  "🔒",
  "\ud800",
  "\ud801",
  "\ufffd",
  "\u{10FFFF}d800\u{10FFFF}",
  "x".repeat(100_000),
  "x".repeat(100_001),
];

/** Registers the suite. */
export function conformance(name: string, open: () => Promise<Pair>): void {
  function test(what: string, fn: (one: Locks, other: Locks) => Promise<void>) {
    Deno.test(`${name}: ${what}`, async () => {
      await using pair = await open();
      await fn(pair.one, pair.other);
    });
  }

  test("one hold per key", async (one, other) => {
    const hold = await one.acquire("a");
    assertEquals(hold.held, true);
    assertEquals(await one.tryAcquire("a"), undefined);
    assertEquals(await other.tryAcquire("a"), undefined);
    const b = await other.acquire("b");
    await b.release();
    await hold.release();
    assertEquals(hold.held, false);
    const next = await other.tryAcquire("a");
    assert(next?.held);
    await next.release();
  });

  test("a release lets the next one in", async (one, other) => {
    const hold = await one.acquire("a");
    const waiting = other.acquire("a");
    assertEquals(await isPending(waiting), true);
    await hold.release();
    const next = await waiting;
    assertEquals(next.held, true);
    await hold.release(); // stale: changes nothing
    assertEquals(next.held, true);
    assertEquals(await one.tryAcquire("a"), undefined);
    await next.release();
  });

  test("tasks of a process are served in order", async (one) => {
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((task) =>
      one.run("a", async () => {
        order.push(task);
        await Promise.resolve();
        order.push(task);
      })
    ));
    assertEquals(order, [1, 1, 2, 2, 3, 3, 4, 4]);
  });

  test("an abort ends the wait and leaves nothing", async (one, other) => {
    const hold = await one.acquire("a");
    const controller = new AbortController();
    const waiting = other.acquire("a", { signal: controller.signal });
    assertEquals(await isPending(waiting), true);
    const reason = new Error("gone");
    controller.abort(reason);
    assertEquals(await waiting.catch((error) => error), reason);
    await hold.release();
    const next = await one.acquire("a", { timeout: 5000 });
    await next.release();
  });

  test("an aborted signal takes nothing", async (one, other) => {
    const signal = AbortSignal.abort(new Error("gone"));
    await assertRejects(() => one.acquire("a", { signal }), Error, "gone");
    const hold = await other.acquire("a", { timeout: 5000 });
    await hold.release();
  });

  test("a timeout ends the wait", async (one, other) => {
    const hold = await one.acquire("a");
    const error = await assertRejects(
      () => other.acquire("a", { timeout: 30 }),
      DOMException,
      "within 30 ms",
    );
    assertEquals(error.name, "TimeoutError");
    await assertRejects(() => other.acquire("a", { timeout: 0 }), DOMException);
    await assertRejects(() => one.acquire("a", { timeout: 0 }), DOMException);
    await hold.release();
    const next = await other.acquire("a", { timeout: 0 });
    await next.release();
  });

  test("several keys, all or none", async (one, other) => {
    const b = await other.acquire("b");
    assertEquals(await one.tryAcquireAll(["a", "b"]), undefined);
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = one.acquireAll(["c", "b", "a", "b"], { signal });
    assertEquals(await isPending(waiting), true);
    controller.abort(new Error("gone"));
    await assertRejects(() => waiting, Error, "gone");
    const a = await other.acquire("a", { timeout: 5000 });
    await a.release();
    await b.release();
    const all = await one.acquireAll(["c", "b", "a", "b"]);
    for (const key of ["a", "b", "c"]) {
      assertEquals(await other.tryAcquire(key), undefined);
    }
    await all.release();
    const again = await other.acquireAll(["a", "b", "c"], { timeout: 5000 });
    await again.release();
    const none = await one.acquireAll([]);
    assertEquals(none.held, true);
    await none.release();
    assertEquals(none.held, false);
  });

  test("calls for several keys do not deadlock", async (one, other) => {
    const names = ["a", "b", "c"];
    let inside = 0;
    const tasks = Array.from({ length: 12 }, (_, i) => {
      const keys = [names[i % 3]!, names[(i + 1) % 3]!];
      if (i % 2 === 0) keys.reverse();
      return (i % 4 < 2 ? one : other).runAll(keys, async () => {
        assertEquals(++inside, 1);
        await Promise.resolve();
        inside--;
      });
    });
    await Promise.all(tasks);
  });

  test("run() gives what its function gives, and frees", async (one, other) => {
    assertEquals(await one.run("a", () => 1), 1);
    assertEquals(await one.run("a", () => Promise.resolve(2)), 2);
    await assertRejects(
      () =>
        one.run("a", () => {
          throw new Error("mine");
        }),
      Error,
      "mine",
    );
    await assertRejects(() => one.run("a", 1 as never), TypeError);
    const hold = await other.tryAcquire("a");
    assert(hold);
    await hold.release();
  });

  test("keys of any content are keys of their own", async (one, other) => {
    const holds: Hold[] = [];
    for (const key of KEYS) {
      const hold = await one.tryAcquire(key);
      assert(hold, `${key.slice(0, 20)} is taken for another`);
      holds.push(hold);
    }
    for (const key of KEYS) {
      assertEquals(await other.tryAcquire(key), undefined);
    }
    await Promise.all(holds.map((hold) => hold.release()));
    const all = await other.acquireAll(KEYS, { timeout: 30_000 });
    await all.release();
  });

  test("wrong arguments are refused", async (one) => {
    const refuse = (fn: () => unknown, type: new () => Error) =>
      assertRejects(() => Promise.resolve().then(fn), type);
    await refuse(() => one.acquireAll("ab"), TypeError);
    await refuse(() => one.acquireAll(1 as never), TypeError);
    await refuse(() => one.acquire("a", { timeout: -1 }), RangeError);
    await refuse(() => one.acquire("a", { timeout: NaN }), RangeError);
    await refuse(() => one.acquire("a", { timeOut: 1 } as never), TypeError);
    await refuse(() => one.acquire("a", { signal: 1 as never }), TypeError);
  });

  test("many keys at once", async (one, other) => {
    const holds = await Promise.all(
      Array.from({ length: 50 }, (_, i) => one.acquire(`key ${i}`)),
    );
    assertEquals(await other.tryAcquire("key 49"), undefined);
    await Promise.all(holds.map((hold) => hold.release()));
  });
}

/** Whether a promise is still pending after all that can happen at once has. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const settled = () => pending = false;
  promise.then(settled, settled);
  // Long enough for a server to be asked; too short would only prove less.
  await new Promise((resolve) => setTimeout(resolve, 30));
  return pending;
}
