/** A lock settles promises without extra turns of the microtask queue. */

import { Lock } from "../../lock.ts";
import { testThenCalls } from "../support/then_calls.ts";

function heldLock(): Lock {
  const lock = new Lock();
  lock.tryAcquire();
  return lock;
}

testThenCalls([
  ["acquire() of a free lock", 0, () => new Lock().acquire()],
  ["tryAcquire()", 0, () => new Lock().tryAcquire()],
  ["run() with a synchronous function", 0, () => new Lock().run(() => 1)],
  ["run() with an asynchronous one", 0, () => new Lock().run(async () => {})],
  ["a wait and its grant", 0, () => {
    const lock = heldLock();
    lock.acquire();
    lock.release();
  }],
  ["a wait with a signal and its grant", 0, () => {
    const lock = heldLock();
    lock.acquire({ signal: new AbortController().signal });
    lock.release();
  }],
  ["a wait with a timeout and its grant", 0, () => {
    const lock = heldLock();
    lock.acquire({ timeout: 1_000 });
    lock.release();
  }],
  ["run() that waits", 0, () => {
    const lock = heldLock();
    lock.run(() => 1);
    lock.release();
  }],
]);
