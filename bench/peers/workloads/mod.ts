/**
 * All that is measured.
 *
 * @module
 */

import type { Workload } from "../types.ts";
import { condition, gate } from "./gate.ts";
import { givingUp } from "./giving_up.ts";
import { keyed } from "./keyed_lock.ts";
import { alone, aloneAgain, contended } from "./lock.ts";
import { memory } from "./memory.ts";
import { finished } from "./once.ts";
import { rwLock } from "./rw_lock.ts";
import { semaphores } from "./semaphore.ts";

/** All workloads, by what they are about, in the order to measure them in. */
export const groups: Readonly<Record<string, readonly Workload[]>> = {
  "One task alone": alone,
  "Tasks that contend": contended,
  "One task alone, after tasks have contended": aloneAgain,
  "Waiters that give up": givingUp,
  "Keys": keyed,
  "Once": [finished],
  "Semaphores": semaphores,
  "Readers and writers": [rwLock],
  "Gates and conditions": [gate, condition],
  "Memory": memory,
};
