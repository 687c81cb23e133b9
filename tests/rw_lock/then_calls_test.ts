/** A read-write lock settles promises without extra turns of the microtask queue. */

import { RwLock } from "../../rw_lock.ts";
import { testThenCalls } from "../support/then_calls.ts";

testThenCalls((["read", "write"] as const).flatMap((side) => [
  [`acquire() of the ${side} side`, 0, () => new RwLock()[side].acquire()],
  [`run() of the ${side} side`, 0, () => new RwLock()[side].run(() => 1)],
  [`a wait for the ${side} side and its grant`, 0, () => {
    const lock = new RwLock();
    const guard = lock.write.tryAcquire();
    lock[side].acquire();
    guard?.release();
  }],
]));
