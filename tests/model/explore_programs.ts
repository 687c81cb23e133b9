/**
 * Explores programs of tasks, and says how many there were.
 *
 * @module
 */

import { explored } from "../support/summary.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { exploreAll } from "./explore.ts";
import {
  type Attempt,
  describe,
  programs,
  type Script,
  type Subject,
  TaskExecution,
} from "./tasks.ts";

/** Runs every schedule of every program that is small enough. */
export async function explorePrograms<S extends Subject, A extends Attempt>(
  start: (signals: readonly CheckedSignal[]) => S,
  scripts: readonly Script<S, A>[],
  tasks: number,
  maxEvents: number,
): Promise<void> {
  const count = await exploreAll(
    programs(scripts, tasks, maxEvents),
    (program) => new TaskExecution(program, start),
    describe,
  );
  explored("Small programs, each in every order", { ...count });
}
