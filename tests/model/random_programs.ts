/**
 * Random programs of hundreds of steps, checked against the reference after
 * each of them.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { explored } from "../support/summary.ts";
import { CheckedSignal } from "./checked_signal.ts";
import type { StepLimits } from "./limits.ts";
import type { Attempt, SignalName, Step, Subject, TaskState } from "./tasks.ts";

/** How many tasks take the steps. None of them awaits what it has started. */
const TASKS = 4;

/** What the tasks share, and their signals. */
class World<S extends Subject> {
  readonly subject: S;
  // One for each task, and the shared one. The first is never aborted.
  readonly #signals = Array.from({ length: TASKS + 1 }, newSignal);

  constructor(share: (signals: readonly CheckedSignal[]) => S) {
    this.subject = share(this.#signals);
  }

  take<A extends Attempt>(task: number, step: Step<S, A>): void {
    const state: TaskState<A> = {
      signals: { own: this.#signals[task]!, shared: this.#signals[TASKS]! },
      attempts: [],
    };
    step.run(this.subject, state);
  }

  /** Aborts a signal, or replaces it if it is aborted already. */
  abort(index: number): void {
    const checked = this.#signals[index]!;
    if (checked.signal.aborted) this.#signals[index] = newSignal();
    else this.subject.abort(checked);
  }
}

function newSignal(): CheckedSignal {
  return new CheckedSignal("abort");
}

/** One thing that happens. */
interface Act<S extends Subject> {
  readonly label: string;
  run(world: World<S>): void;
}

/**
 * One command of fast-check, which runs microtasks after each command. What should
 * happen in one tick is therefore one command.
 */
class Tick<S extends Subject> implements fc.AsyncCommand<Count, World<S>> {
  readonly #acts: readonly Act<S>[];

  constructor(acts: readonly Act<S>[]) {
    this.#acts = acts;
  }

  check(): boolean {
    return true;
  }

  async run(count: Count, world: World<S>): Promise<void> {
    for (const act of this.#acts) {
      act.run(world);
      world.subject.check();
      count.steps++;
    }
    await world.subject.drain();
    world.subject.check();
  }

  toString(): string {
    return `(${this.#acts.map(({ label }) => label).join("; ")})`;
  }
}

/** What the programs have done so far. */
export interface Count {
  programs: number;
  steps: number;
}

/** The property that random programs do what the reference does. */
export function randomPrograms<S extends Subject, A extends Attempt>(
  share: (signals: readonly CheckedSignal[]) => S,
  step: fc.Arbitrary<Step<S, A>>,
  count: Count,
) {
  const stepping = fc.tuple(fc.nat(TASKS - 1), step).map(
    ([task, step]): Act<S> => ({
      label: `task ${task}: ${step.label}`,
      run: (world) => world.take(task, step),
    }),
  );
  const aborting = fc.integer({ min: 1, max: TASKS }).map(
    (signal): Act<S> => ({
      label: `abort of signal ${signal}`,
      run: (world) => world.abort(signal),
    }),
  );
  const happening = fc.nat(99).map((index): Act<S> => ({
    label: `event ${index}`,
    run: ({ subject }) => void pick(subject.events(), index)?.run(),
  }));
  const act = fc.oneof(
    { weight: 8, arbitrary: stepping },
    { weight: 1, arbitrary: aborting },
    { weight: 1, arbitrary: happening },
  );
  const tick = fc.array(act, { minLength: 1, maxLength: 4 })
    .map((acts) => new Tick(acts));
  return fc.asyncProperty(
    fc.commands([tick], { maxCommands: 300, size: "max" }),
    async (ticks) => {
      const world = new World(share);
      await fc.asyncModelRun(() => ({ model: count, real: world }), ticks);
      await world.subject.end();
      count.programs++;
    },
  );
}

/** Takes random programs, and says how many and how long. */
export async function checkPrograms<S extends Subject, A extends Attempt>(
  share: (signals: readonly CheckedSignal[]) => S,
  step: fc.Arbitrary<Step<S, A>>,
): Promise<void> {
  const count = { programs: 0, steps: 0 };
  await fc.assert(randomPrograms(share, step, count));
  explored("Long random programs", { ...count });
}

/** Takes programs whose work ends in a random order, and says how many. */
export async function checkEndings<T>(
  property: fc.IAsyncProperty<T>,
): Promise<void> {
  const programs = 1000;
  await fc.assert(property, { numRuns: programs });
  explored("Programs whose work ends in a random order", { programs });
}

/** Limits that a random step has. */
export const randomLimits: fc.Arbitrary<StepLimits | undefined> = fc.option(
  fc.record({
    signal: fc.constantFrom<SignalName[]>("own", "shared"),
    timeout: fc.constantFrom(0, 10, 20),
  }, { requiredKeys: [] }),
  { nil: undefined },
);

/** Picks an item by any number; none if there are none. */
export function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % items.length];
}
