/**
 * A function made by `once` that takes the same steps as the reference.
 *
 * @module
 */

import { type AcquireOptions, once } from "../../mod.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Attempt, CheckedWaits } from "./checked_waits.ts";
import { type Action, same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import { type CheckedLimits, optionsOf, referenceLimits } from "./limits.ts";
import { type Ending, ReferenceOnce } from "./reference_once.ts";
import type { WaitCall } from "./reference_waits.ts";

/** What the function does. */
export interface Behaviour {
  /** How it may end. */
  readonly endings: readonly Ending[];
  /** Whether it ends at once, in the first of these ways. */
  readonly isSynchronous?: boolean;
  /** Whether it is called again by a listener of the signal that it gets. */
  readonly callsAgain?: boolean;
}

/** One run, as the function sees it. */
interface Work {
  readonly signal: AbortSignal;
  /** Settles its promise. Undefined when that is done. */
  settle: ((ending: Ending) => void) | undefined;
}

/** Does the same to the function and to the reference. */
export class CheckedOnce extends CheckedWaits<WaitCall> {
  readonly #behaviour: Behaviour;
  readonly #reference: ReferenceOnce;
  readonly #once = once((signal) => this.#work(signal), {
    keepError: (error) =>
      this.#behaviour.endings.some((ending) =>
        "error" in ending && ending.error === error && ending.isKept
      ),
  });
  /** All runs, in the order of those of the reference. */
  readonly #works: Work[] = [];
  /** Calls that the reference has made again and the function has not yet. */
  readonly #callsAgain: WaitCall[];
  /** How runs have ended. Callers learn it when microtasks have run. */
  #endings: { index: number; ending: Ending }[] = [];

  constructor(
    behaviour: Behaviour,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    const callsAgain: WaitCall[] = [];
    const reference: ReferenceOnce = new ReferenceOnce(() => {
      if (!behaviour.callsAgain) return;
      callsAgain.push(reference.call(referenceLimits(), timers.now));
    });
    super(reference, signals, timers);
    this.#behaviour = behaviour;
    this.#reference = reference;
    this.#callsAgain = callsAgain;
  }

  override get isUnsettled(): boolean {
    return this.#endings.length > 0 || super.isUnsettled;
  }

  /** A timer may fire, and each run may end in each way. */
  override events(): Action[] {
    const endings = this.#works.flatMap(({ settle }, index) =>
      settle === undefined ? [] : this.#behaviour.endings.map((ending) => ({
        label: `run ${index + 1} ends with ${JSON.stringify(ending)}`,
        run: () => this.#end(index, ending),
      }))
    );
    return [...super.events(), ...endings];
  }

  call(limits?: CheckedLimits): Attempt<WaitCall> {
    const call = this.#reference.call(referenceLimits(limits), this.now);
    return this.#observe(call, optionsOf(limits));
  }

  reset(): void {
    this.#reference.reset();
    this.#once.reset();
  }

  /** Ends every run. After that, nobody may wait. */
  endAll(): void {
    for (const [index, { settle }] of this.#works.entries()) {
      if (settle !== undefined) this.#end(index, this.#behaviour.endings[0]!);
    }
  }

  protected override microtasksRan(): void {
    for (const { index, ending } of this.#endings) {
      this.#reference.end(this.#reference.runs[index]!, ending);
    }
    this.#endings = [];
  }

  protected checkState(): void {
    same("state", this.#once.state, this.#reference.state);
    same("runs", this.#works.length, this.#reference.runs.length);
    for (const [index, { isAbandoned }] of this.#reference.runs.entries()) {
      const { aborted } = this.#works[index]!.signal;
      same(`aborted of run ${index + 1}`, aborted, isAbandoned);
    }
  }

  #observe(call: WaitCall, options?: AcquireOptions): Attempt<WaitCall> {
    const attempt = { call, outcome: "waiting" };
    return this.observe(attempt, this.#once(options), String);
  }

  #work(signal: AbortSignal): string | Promise<string> {
    const { endings, isSynchronous, callsAgain } = this.#behaviour;
    if (callsAgain) {
      const callAgain = () => this.#observe(this.#callsAgain.shift()!);
      signal.addEventListener("abort", callAgain);
    }
    const work: Work = { signal, settle: undefined };
    const index = this.#works.push(work) - 1;
    if (!isSynchronous) {
      return new Promise((resolve, reject) => {
        work.settle = (ending) =>
          "value" in ending ? resolve(ending.value) : reject(ending.error);
      });
    }
    const ending = endings[0]!;
    this.#endings.push({ index, ending });
    if ("error" in ending) throw ending.error;
    return ending.value;
  }

  #end(index: number, ending: Ending): void {
    const work = this.#works[index]!;
    work.settle!(ending);
    work.settle = undefined;
    this.#endings.push({ index, ending });
  }
}
