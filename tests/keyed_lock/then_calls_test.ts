/** A keyed lock settles promises without extra turns of the microtask queue. */

import { KeyedLock } from "../../keyed_lock.ts";
import { testThenCalls } from "../support/then_calls.ts";

testThenCalls([
  ["acquire() of a free key", 0, () => new KeyedLock().acquire("a")],
  ["acquireAll()", 0, () => new KeyedLock().acquireAll(["a", "b"])],
]);
