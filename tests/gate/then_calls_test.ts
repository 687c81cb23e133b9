/** A gate settles promises without extra turns of the microtask queue. */

import { Gate } from "../../gate.ts";
import { testThenCalls } from "../support/then_calls.ts";

testThenCalls([
  ["wait() at an open gate", 0, () => new Gate({ open: true }).wait()],
  ["a wait at a gate that opens", 0, () => {
    const gate = new Gate();
    gate.wait();
    gate.wait({ timeout: 1_000 });
    gate.open();
  }],
]);
