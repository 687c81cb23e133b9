/**
 * Explores programs of tasks and prints how many there were.
 *
 * @module
 */

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
  name: string,
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
  console.log(
    `${name}, ${tasks} tasks, up to ${maxEvents} events: ` +
      `${count.programs} programs, ${count.schedules} schedules, ` +
      `${count.steps} steps`,
  );
}
