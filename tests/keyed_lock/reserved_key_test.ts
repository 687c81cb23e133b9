/**
 * Promise: a key that is reserved for a call for several keys counts as locked.
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { KeyedLock, type LockGuard } from "../../keyed_lock.ts";
import { settledState } from "../support/promises.ts";

/** `"reserved"` is not held, but reserved for a call that also waits for `"held"`. */
async function keepKey(): Promise<
  { lock: KeyedLock; held: LockGuard; pending: Promise<LockGuard> }
> {
  const lock = new KeyedLock();
  const held = await lock.acquire("held");
  return { lock, held, pending: lock.acquireAll(["reserved", "held"]) };
}

Deno.test("a reserved key counts as locked", async () => {
  const { lock, held, pending } = await keepKey();
  assertEquals(lock.isLocked("reserved"), true);
  assertEquals(lock.size, 2);
  assertEquals([...lock.keys()], ["held", "reserved"]);

  held.release();
  (await pending).release();
  assertEquals(lock.isLocked("reserved"), false);
});

Deno.test("waiting() counts a call for several keys at each key until it has them all", async () => {
  const { lock, held, pending } = await keepKey();
  assertEquals([lock.waiting("reserved"), lock.waiting("held")], [1, 1]);
  const behind = lock.acquire("reserved");
  assertEquals([lock.waiting("reserved"), lock.waiting("held")], [2, 1]);

  held.release();
  assertEquals([lock.waiting("reserved"), lock.waiting("held")], [1, 0]);
  (await pending).release();
  (await behind).release();
});

Deno.test("nobody gets a reserved key", async () => {
  const { lock, held, pending } = await keepKey();
  assertEquals(lock.tryAcquire("reserved"), undefined);
  assertEquals(lock.tryAcquireAll(["reserved"]), undefined);
  assertEquals(lock.tryAcquireAll(["other", "reserved"]), undefined);
  assertEquals(lock.isLocked("other"), false);
  await assertRejects(
    () => lock.acquire("reserved", { timeout: 0 }),
    DOMException,
  );

  const behind = [
    lock.acquire("reserved"),
    lock.acquireAll(["reserved", "other"]),
  ];
  for (const wait of behind) assertEquals(await settledState(wait), "pending");
  held.release();
  for (const wait of [pending, ...behind]) (await wait).release();
});

Deno.test("release() of a reserved key that is not held throws and changes nothing", async () => {
  const { lock, held, pending } = await keepKey();
  const behind = lock.acquire("reserved");
  assertThrows(
    () => lock.release("reserved"),
    Error,
    'Cannot release key "reserved": it is not held',
  );
  assertEquals([...lock.keys()], ["held", "reserved"]);
  assertEquals(lock.waiting("reserved"), 2);
  assertEquals(await settledState(behind), "pending");

  held.release();
  assert((await pending).held);
  lock.release("reserved");
  assert((await behind).held);
});

Deno.test("cancel() of a reserved key rejects everyone in its queue and frees it", async () => {
  const { lock, held, pending } = await keepKey();
  const behind = [
    lock.acquire("reserved"),
    lock.acquireAll(["reserved", "other"]),
  ];
  lock.cancel("reserved", new Error("Closing"));
  for (const wait of [pending, ...behind]) {
    await assertRejects(() => wait, Error, "Closing");
  }
  assertEquals([...lock.keys()], ["held"]);
  assertEquals(lock.waiting("held"), 0);
  assert(held.held);
});

Deno.test("cancel() does not change the reason of a call whose signal is already aborted", async () => {
  const { lock, held, pending } = await keepKey();
  const controller = new AbortController();
  const { signal } = controller;
  // Runs before the lock's own listener.
  signal.addEventListener("abort", () => lock.cancel("reserved"));
  const aborted = lock.acquireAll(["reserved", "other"], { signal });
  controller.abort(new Error("Enough"));
  await assertRejects(() => aborted, Error, "Enough");
  await assertRejects(() => pending, DOMException, "the wait was cancelled");
  assertEquals([...lock.keys()], ["held"]);
  held.release();
  assertEquals(lock.size, 0);
});

Deno.test("cancel() also rejects calls for several keys that are not first in the queue", async () => {
  const lock = new KeyedLock();
  const held = await lock.acquire("a");
  const first = lock.acquire("a");
  const second = lock.acquireAll(["b", "a"]);
  const third = lock.acquireAll(["a", "c"]);
  const fourth = lock.acquireAll(["b", "c"]); // does not wait for "a"
  lock.cancel("a", new Error("Closing"));
  for (const wait of [first, second, third]) {
    await assertRejects(() => wait, Error, "Closing");
  }
  assert((await fourth).held);
  assertEquals([...lock.keys()], ["a", "b", "c"]);
  assert(held.held);
});

Deno.test("when a call for several keys gives up, the key reserved for it goes to the next such call", async () => {
  const { lock, held, pending } = await keepKey();
  const controller = new AbortController();
  const { signal } = controller;
  const second = lock.acquireAll(["reserved", "b"], { signal });
  const third = lock.acquireAll(["reserved", "c"]);
  lock.cancel("held");
  await assertRejects(() => pending, DOMException);
  assert((await second).held);

  controller.abort(); // after the grant
  assertEquals([lock.isLocked("reserved"), lock.waiting("reserved")], [
    true,
    1,
  ]);
  (await second).release();
  assert((await third).held);
  assert(held.held);
});
