/** What an observer hears of a semaphore. */

import { assertEquals } from "@std/assert";
import { setObserver } from "../../_core/observer.ts";
import { type LockGuard, Semaphore } from "../../semaphore.ts";
import { makeObserver } from "../support/observer.ts";

Deno.test("an observer is told of each hold, with the number of its permits", async () => {
  const semaphore = new Semaphore(3);
  const { told, observer } = makeObserver();
  setObserver(observer);
  try {
    const guard = await semaphore.acquire();
    using other = semaphore.tryAcquire(2);
    const waits = [semaphore.acquire({ permits: 3 }), semaphore.run(() => {})];
    guard.release();
    other?.release();
    (await waits[0] as LockGuard).release();
    await waits[1];
  } finally {
    setObserver(undefined);
  }
  assertEquals(told(semaphore), [
    "hold of 1 began",
    "hold of 2 began",
    "wait for 3 began",
    "wait for 1 began",
    "hold of 1 ended",
    "hold of 2 ended",
    "hold of 3 began",
    "wait for 3 ended",
    "hold of 3 ended",
    "hold of 1 began",
    "wait for 1 ended",
    "called inside 1",
    "hold of 1 ended",
  ]);
});
