/**
 * Runs every schedule of a small program, by replaying it from the start with
 * each choice of what happens next, as loom does for Rust.
 *
 * @module
 */

/** One thing that may happen next. */
export interface Action {
  readonly label: string;
  /** Asynchronous only if microtasks have to run. */
  run(): void | Promise<void>;
}

/** A program that runs. The same choices always lead to the same result. */
export interface Execution {
  /** What may happen next. Empty at the end of the program. */
  actions(): Action[];
  /** Compares what is with what should be. Called after each action. */
  check(): void;
  /** Checks that nothing is left. */
  end(): Promise<void>;
}

/** What was explored. */
export interface Count {
  programs: number;
  schedules: number;
  /** All steps, including those of replays. */
  steps: number;
}

/**
 * Runs every schedule of each program.
 *
 * @throws {Error} At the first check that fails, with the schedule that leads
 * there.
 */
export async function exploreAll<P>(
  programs: Iterable<P>,
  start: (program: P) => Execution,
  describe: (program: P) => string,
): Promise<Count> {
  const count = { programs: 0, schedules: 0, steps: 0 };
  for (const program of programs) {
    await explore(() => start(program), () => describe(program), count);
    count.programs++;
  }
  return count;
}

async function explore(
  start: () => Execution,
  describe: () => string,
  count: Count,
): Promise<void> {
  // The current schedule: at each step, the choice and the number of choices.
  const schedule: { choice: number; of: number }[] = [];
  let known = 0;
  do {
    const taken: string[] = [];
    try {
      const execution = start();
      for (;;) {
        const actions = execution.actions();
        if (actions.length === 0) break;
        if (schedule.length === taken.length) {
          schedule.push({ choice: 0, of: actions.length });
        }
        const action = actions[schedule[taken.length]!.choice]!;
        taken.push(action.label);
        const running = action.run();
        if (running !== undefined) await running;
        if (taken.length > known) execution.check();
      }
      taken.push("end");
      await execution.end();
    } catch (cause) {
      throw new Error(
        `${describe()}\nfails after:\n  ${taken.join("\n  ")}\n${cause}`,
        { cause },
      );
    }
    count.schedules++;
    count.steps += schedule.length;
    while (isLastChoice(schedule.at(-1))) schedule.pop();
    if (schedule.length > 0) schedule.at(-1)!.choice++;
    known = schedule.length - 1;
  } while (schedule.length > 0);
}

function isLastChoice(step?: { choice: number; of: number }): boolean {
  return step !== undefined && step.choice + 1 === step.of;
}

/** Every way to choose so many of the items, in order, with repetitions. */
export function* multisets<T>(
  items: readonly T[],
  size: number,
): Generator<T[]> {
  if (size === 0) return yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of multisets(items.slice(index), size - 1)) {
      yield [item, ...rest];
    }
  }
}

/** @throws {Error} If they differ. */
export function same(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) return;
  throw new Error(`${what} is ${String(actual)}, expected ${String(expected)}`);
}

/** Whether a call throws. */
export function throws(call: () => void): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}
