/** `once` settles promises without extra turns of the microtask queue. */

import { once } from "../../once.ts";
import { testThenCalls } from "../support/then_calls.ts";

const finished = once(() => 42);
await finished();

testThenCalls([
  ["a run of once()", 0, () => once(() => 42)()],
  ["a finished once()", 0, () => finished()],
]);
