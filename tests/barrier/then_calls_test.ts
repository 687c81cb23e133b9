/** A barrier settles promises without extra turns of the microtask queue. */

import { Barrier } from "../../barrier.ts";
import { testThenCalls } from "../support/then_calls.ts";

testThenCalls([
  ["a round", 0, () => {
    const barrier = new Barrier(3);
    barrier.wait();
    barrier.wait({ timeout: 1_000 });
    barrier.wait();
  }],
]);
