/** What an observer hears of a read-write lock. */

import { assertEquals } from "@std/assert";
import { setObserver } from "../../_core/observer.ts";
import { type LockGuard, RwLock } from "../../rw_lock.ts";
import { makeObserver } from "../support/observer.ts";

Deno.test("an observer is told of each hold and each wait", async () => {
  const lock = new RwLock();
  const { told, observer } = makeObserver();
  setObserver(observer);
  try {
    const writing = await lock.write.acquire();
    const waits = [lock.read.acquire(), lock.write.run(() => {})];
    lock.downgrade(writing).release();
    (await waits[0] as LockGuard).release();
    await waits[1];
    await lock.read.run(() => {});
  } finally {
    setObserver(undefined);
  }
  assertEquals(told(lock), [
    "hold of 2 began",
    "wait for 1 began",
    "wait for Infinity began",
    "hold of 2 ended", // downgraded
    "hold of 1 began",
    "hold of 1 began",
    "wait for 1 ended",
    "hold of 1 ended",
    "hold of 1 ended",
    "hold of 3 began",
    "wait for Infinity ended",
    "called inside 3",
    "hold of 3 ended",
    "hold of 1 began",
    "called inside 1",
    "hold of 1 ended",
  ]);
});
