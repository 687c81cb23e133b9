/**
 * A function made by `once` that takes the same steps as the reference.
 *
 * @module
 */

import { once } from "../../mod.ts";
import { drainMicrotasks } from "../support/promises.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Action, same } from "./explore.ts";
import { type Ending, type OnceCall, ReferenceOnce } from "./reference_once.ts";
import type { Subject } from "./tasks.ts";

/** What the function does. */
export interface Behaviour {
  /** How it may end. */
  readonly endings: readonly Ending[];
  /** Whether it ends at once, in the first of these ways. */
  readonly isSynchronous?: boolean;
  /** Whether it is called again by a listener of the signal that it gets. */
  readonly callsAgain?: boolean;
}

/** One call. */
export interface OnceAttempt {
  /** What should come of it. */
  readonly call: OnceCall;
  /** What has come of it, as far as the caller can tell. */
  outcome: string;
}

/** One run, as the function sees it. */
interface Work {
  readonly signal: AbortSignal;
  /** Settles its promise. Undefined when that is done. */
  settle: ((ending: Ending) => void) | undefined;
}

/** Does the same to the function and to the reference. */
export class CheckedOnce implements Subject {
  readonly #behaviour: Behaviour;
  readonly #signals: readonly CheckedSignal[];
  readonly #reference = new ReferenceOnce();
  readonly #once = once((signal) => this.#work(signal), {
    keepError: (error) =>
      this.#behaviour.endings.some((ending) =>
        "error" in ending && ending.error === error && ending.isKept
      ),
  });
  /** All runs, in the order of those of the reference. */
  readonly #works: Work[] = [];
  /** The calls that wait, as far as their callers can tell. */
  #attempts: OnceAttempt[] = [];
  /** Calls that the reference has made again and the function has not yet. */
  readonly #callsAgain: OnceCall[] = [];
  /** How runs have ended. Callers learn it when microtasks have run. */
  #endings: { index: number; ending: Ending }[] = [];

  constructor(behaviour: Behaviour, signals: readonly CheckedSignal[]) {
    this.#behaviour = behaviour;
    this.#signals = signals;
  }

  get isUnsettled(): boolean {
    return this.#endings.length > 0 ||
      this.#attempts.some(({ outcome, call }) => outcome !== call.outcome);
  }

  /** Each run may end in each way. */
  events(): Action[] {
    return this.#works.flatMap(({ settle }, index) =>
      settle === undefined ? [] : this.#behaviour.endings.map((ending) => ({
        label: `run ${index + 1} ends with ${JSON.stringify(ending)}`,
        run: () => this.#end(index, ending),
      }))
    );
  }

  call(signal?: CheckedSignal): OnceAttempt {
    const call = this.#reference.call(signal?.signal);
    return this.#observe(call, signal && { signal: signal.signal });
  }

  abort(signal: CheckedSignal): void {
    this.#reference.abort(signal.signal, signal.reason, () => {
      if (!this.#behaviour.callsAgain) return;
      this.#callsAgain.push(this.#reference.call());
    });
    signal.abort();
  }

  reset(): void {
    this.#reference.reset();
    this.#once.reset();
  }

  async drain(): Promise<void> {
    await drainMicrotasks();
    for (const { index, ending } of this.#endings) {
      this.#reference.end(this.#reference.runs[index]!, ending);
    }
    this.#endings = [];
    for (const { outcome, call } of this.#attempts) {
      same("outcome", outcome, call.outcome);
    }
    this.#attempts = this.#attempts.filter((it) => it.outcome === "waiting");
  }

  check(): void {
    same("state", this.#once.state, this.#reference.state);
    same("runs", this.#works.length, this.#reference.runs.length);
    for (const [index, { isAbandoned }] of this.#reference.runs.entries()) {
      const { aborted } = this.#works[index]!.signal;
      same(`aborted of run ${index + 1}`, aborted, isAbandoned);
    }
    for (const { signal, listeners } of this.#signals) {
      const waiting = this.#reference.waitingWith(signal);
      same("listeners", listeners, waiting > 0 ? 1 : 0);
    }
  }

  /** Ends every run. After that, nobody may wait. */
  async end(): Promise<void> {
    for (const [index, { settle }] of this.#works.entries()) {
      if (settle !== undefined) this.#end(index, this.#behaviour.endings[0]!);
    }
    await this.drain();
    this.check();
    same("waiting at the end", this.#attempts.length, 0);
  }

  #observe(call: OnceCall, options?: { signal: AbortSignal }): OnceAttempt {
    const attempt = { call, outcome: "waiting" };
    const see = (outcome: string) => void (attempt.outcome = outcome);
    this.#attempts.push(attempt);
    this.#once(options).then(see, see);
    return attempt;
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
