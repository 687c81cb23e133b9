/**
 * What a function made by `once` does, written from its promises in the
 * plainest way.
 *
 * @module
 */

/** How a run ends. */
export type Ending =
  | { readonly value: string }
  | { readonly error: string; readonly isKept: boolean };

/** One call: it waits or is over. */
export interface OnceCall {
  readonly signal: AbortSignal | undefined;
  /** `waiting`, or what it was given or rejected with. */
  outcome: string;
}

/** One run of the function. */
export interface OnceRun {
  callers: OnceCall[];
  /** Whether the last caller has left. */
  isAbandoned: boolean;
}

/** Callers, runs, and what is remembered. */
export class ReferenceOnce {
  /** All runs that were ever started. */
  readonly runs: OnceRun[] = [];
  #current: OnceRun | undefined;
  #remembered: Ending | undefined;

  get state(): string {
    if (this.#current !== undefined) return "running";
    if (this.#remembered === undefined) return "idle";
    return "value" in this.#remembered ? "done" : "failed";
  }

  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number {
    const callers = this.runs.flatMap((run) => run.callers);
    return callers.filter((call) => call.signal === signal).length;
  }

  call(signal?: AbortSignal): OnceCall {
    const call = { signal, outcome: "waiting" };
    if (this.#remembered !== undefined) {
      call.outcome = outcomeOf(this.#remembered);
    } else if (signal?.aborted) {
      call.outcome = signal.reason;
    } else {
      if (this.#current === undefined) {
        this.#current = { callers: [], isAbandoned: false };
        this.runs.push(this.#current);
      }
      this.#current.callers.push(call);
    }
    return call;
  }

  abort(signal: AbortSignal, reason: string, onAbandoned: () => void): void {
    for (const run of this.runs) {
      const leaving = run.callers.filter((call) => call.signal === signal);
      if (leaving.length === 0) continue;
      for (const call of leaving) call.outcome = reason;
      run.callers = run.callers.filter((call) => call.signal !== signal);
      if (run.callers.length > 0) continue;
      run.isAbandoned = true;
      if (run === this.#current) this.#current = undefined;
      onAbandoned();
    }
  }

  /** The function has returned. */
  end(run: OnceRun, ending: Ending): void {
    for (const call of run.callers) call.outcome = outcomeOf(ending);
    run.callers = [];
    if (run !== this.#current) return;
    this.#current = undefined;
    if ("value" in ending || ending.isKept) this.#remembered = ending;
  }

  reset(): void {
    this.#current = this.#remembered = undefined;
  }
}

function outcomeOf(ending: Ending): string {
  return "value" in ending ? ending.value : ending.error;
}
