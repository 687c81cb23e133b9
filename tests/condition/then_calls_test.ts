/** A condition settles promises without extra turns of the microtask queue. */

import { Condition } from "../../condition.ts";
import { testThenCalls } from "../support/then_calls.ts";

testThenCalls([
  ["a wait and its notification", 0, () => {
    const condition = new Condition();
    condition.wait(condition.lock.tryAcquire()!);
    condition.wait(condition.lock.tryAcquire()!, { timeout: 1_000 });
    condition.lock.tryAcquire();
    condition.notifyAll();
    condition.lock.release();
  }],
  ["waitFor()", 0, () => {
    const condition = new Condition();
    let calls = 0;
    condition.waitFor(condition.lock.tryAcquire()!, () => ++calls > 1);
    condition.lock.tryAcquire();
    condition.notify();
    condition.lock.release();
  }],
]);
