/** A semaphore settles promises without extra turns of the microtask queue. */

import { Semaphore } from "../../semaphore.ts";
import { testThenCalls } from "../support/then_calls.ts";

testThenCalls([
  ["acquire() of a free permit", 0, () => new Semaphore(1).acquire()],
  ["acquire() of more", 0, () => new Semaphore(2).acquire({ permits: 2 })],
  ["run() with a synchronous function", 0, () => new Semaphore(1).run(() => 1)],
  ["a wait for permits and its grant", 0, () => {
    const semaphore = new Semaphore(2);
    const guard = semaphore.tryAcquire();
    semaphore.acquire({ permits: 2 });
    semaphore.acquire();
    guard?.release();
  }],
]);
