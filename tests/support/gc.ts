/** The garbage collector, for tests that objects are not kept alive. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { drainMicrotasks } from "./promises.ts";

setFlagsFromString("--expose-gc");
/** Collects all garbage at once. */
export const collectGarbage: () => void = runInNewContext("gc");

/** Whether an object can be collected now. */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  await drainMicrotasks(); // until then the reference itself keeps its target
  collectGarbage();
  return ref.deref() === undefined;
}
