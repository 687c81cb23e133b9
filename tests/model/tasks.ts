/**
 * Programs of a few tasks, each with a few steps, that share one thing.
 *
 * @module
 */

import { CheckedSignal } from "./checked_signal.ts";
import { type Action, type Execution, multisets } from "./explore.ts";

/** What the tasks share: the tested thing, side by side with its reference. */
export interface Subject {
  /** Whether microtasks will still change something. */
  readonly isUnsettled: boolean;
  /** What neither a task nor a signal causes, such as a timer that fires. */
  events(): Action[];
  abort(signal: CheckedSignal): void;
  /** Runs all microtasks, after which every task knows how its calls ended. */
  drain(): Promise<void>;
  check(): void;
  end(): Promise<void>;
}

/** A signal of the task's own, or one that all tasks share. */
export type SignalName = "own" | "shared";

/** One step of a task. A task that waits goes on when its wait is over. */
export interface Step<S, A extends Attempt> {
  readonly label: string;
  readonly signal?: SignalName | undefined;
  readonly timeout?: number | undefined;
  /** Whether it is skipped, such as the release of a lock that was refused. */
  isVoid?(task: TaskState<A>): boolean;
  run(subject: S, task: TaskState<A>): void;
}

/** A task as its steps know it. */
export interface TaskState<A> {
  readonly signals: Readonly<Record<SignalName, CheckedSignal>>;
  /** Its calls. One that was refused at once is undefined. */
  readonly attempts: (A | undefined)[];
}

/** The steps of one task. */
export type Script<S, A extends Attempt> = readonly Step<S, A>[];

/** One call that may wait. */
export interface Attempt {
  /** `waiting`, or how it ended. */
  readonly outcome: string;
}

/** A task that runs. */
class Task<S, A extends Attempt> implements TaskState<A> {
  readonly name: string;
  readonly signals: Record<SignalName, CheckedSignal>;
  readonly attempts: (A | undefined)[] = [];
  #steps: Script<S, A>;

  constructor(name: string, steps: Script<S, A>, shared: CheckedSignal) {
    this.name = name;
    this.signals = { own: new CheckedSignal(`abort of ${name}`), shared };
    this.#steps = steps;
  }

  /** Its next step, if there is one and it does not wait. */
  get next(): Step<S, A> | undefined {
    if (this.attempts.at(-1)?.outcome === "waiting") return undefined;
    return this.#steps.find((step) => !step.isVoid?.(this));
  }

  take(step: Step<S, A>, subject: S): void {
    this.#steps = this.#steps.slice(this.#steps.indexOf(step) + 1);
    step.run(subject, this);
  }
}

/**
 * One way through a program. Besides the steps of the tasks, signals are
 * aborted and microtasks run, each at any time, so any number of steps may fall
 * in one tick. Microtasks are a choice only if some caller has not yet learned its
 * outcome. If all have, nothing waits for microtasks.
 */
export class TaskExecution<S extends Subject, A extends Attempt>
  implements Execution {
  readonly #subject: S;
  readonly #tasks: readonly Task<S, A>[];
  readonly #signals: readonly CheckedSignal[];

  constructor(
    scripts: readonly Script<S, A>[],
    share: (signals: readonly CheckedSignal[]) => S,
  ) {
    const shared = new CheckedSignal("abort of all");
    this.#tasks = scripts.map((script, index) =>
      new Task(`task ${index + 1}`, script, shared)
    );
    const signals = this.#tasks.flatMap(({ signals }, index) =>
      scripts[index]!.flatMap(({ signal }) =>
        signal === undefined ? [] : [signals[signal]]
      )
    );
    this.#signals = [...new Set(signals)];
    this.#subject = share(this.#signals);
  }

  actions(): Action[] {
    const subject = this.#subject;
    const actions = subject.events();
    for (const task of this.#tasks) {
      const step = task.next;
      if (step === undefined) continue;
      const label = `${task.name}: ${step.label}`;
      actions.push({ label, run: () => task.take(step, subject) });
    }
    for (const signal of this.#signals) {
      if (signal.signal.aborted) continue;
      actions.push({ label: signal.reason, run: () => subject.abort(signal) });
    }
    if (subject.isUnsettled) {
      actions.push({ label: "microtasks run", run: () => subject.drain() });
    }
    return actions;
  }

  check(): void {
    this.#subject.check();
  }

  end(): Promise<void> {
    return this.#subject.end();
  }
}

/**
 * Every program of so many tasks that is small enough. Programs in which only one
 * task uses the shared signal are left out, since it could use its own.
 *
 * @param maxEvents How many steps, aborts and timers there may be.
 */
export function* programs<S, A extends Attempt>(
  scripts: readonly Script<S, A>[],
  tasks: number,
  maxEvents: number,
): Generator<Script<S, A>[]> {
  for (const program of multisets(scripts, tasks)) {
    const sharing = program.filter((steps) =>
      steps.some(({ signal }) => signal === "shared")
    );
    if (sharing.length === 1) continue;
    const events = program.flat().flatMap(({ signal, timeout }) => [
      "step",
      ...signal === "own" ? ["abort"] : [],
      ...timeout !== undefined && timeout > 0 ? ["timer"] : [],
    ]);
    if (events.length + Math.min(sharing.length, 1) <= maxEvents) yield program;
  }
}

/** The tasks of a program and their steps, one task per line. */
export function describe<S, A extends Attempt>(
  program: readonly Script<S, A>[],
): string {
  return program.map((script, index) =>
    `task ${index + 1}: ${script.map(({ label }) => label).join(", ")}`
  ).join("\n");
}
