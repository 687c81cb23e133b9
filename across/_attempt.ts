/**
 * Private: a call on its way, from what it asks for to how it ends.
 *
 * @module
 */

import { show, wrongType } from "../_core/errors.ts";
import {
  type About,
  about,
  type Observed,
  unobserved,
} from "../_core/observer.ts";
import { readKeys } from "../_core/options.ts";
import { TIMED_OUT, type Waiter, type WaitingRoom } from "../_core/waiter.ts";
import type { Engine } from "./_locks.ts";

/** A slot that is held or waited for in this process. */
export class Slot implements Observed {
  readonly users = new Set<object>();
  readonly name: string;
  readonly #primitive: string;

  constructor(primitive: string, name: string) {
    this.#primitive = primitive;
    this.name = name;
  }

  [about](): About {
    return { primitive: this.#primitive, key: this.name };
  }
}

/** What is asked for. */
export class Call {
  readonly keys: readonly string[];
  /**
   * Sorted by slot rather than key, and each once: two keys that share a slot
   * would make sorted keys meet in two orders, and one call wait for itself.
   */
  readonly slots: readonly string[];
  readonly label = () => {
    const shown = this.keys.map(show);
    if (shown.length > 5) shown.splice(5, Infinity, `${shown.length - 5} more`);
    const what = shown.length === 1 ? "key" : "keys";
    return [what, shown.join(", "), "at", this.#engine].filter(Boolean)
      .join(" ");
  };
  readonly failure = () => `Cannot acquire ${this.label()}`;
  readonly #engine: string;

  constructor(keys: Iterable<string>, engine: Engine) {
    const failure = () => `Cannot acquire keys at ${engine.name}`;
    this.keys = [...readKeys(keys, failure)];
    for (const key of this.keys) {
      if (typeof key !== "string") {
        throw wrongType(failure, "key", "a string", key);
      }
    }
    this.#engine = engine.name;
    this.slots = [...new Set(this.keys.map((key) => engine.slotOf(key)))]
      .sort();
  }
}

/**
 * One call on its way. The core's limits end it, and `signal` then tells those
 * who pursue it.
 */
export class Attempt<T> implements WaitingRoom<T, 1>, Observed {
  readonly #primitive: string;
  readonly slots: Slot[] = [];
  readonly #call: Call;
  readonly #state: () => string;
  // Not needed any more once it is granted; a hold may last.
  #controller: AbortController | undefined = new AbortController();
  // Set for as long as it waits.
  #waiter: Waiter<T, 1> | undefined = undefined;

  constructor(
    primitive: string,
    call: Call,
    state: () => string,
  ) {
    this.#primitive = primitive;
    this.#call = call;
    this.#state = state;
  }

  get signal(): AbortSignal {
    return this.#controller!.signal;
  }

  get resource(): this {
    return this;
  }

  [about](): About {
    const { keys } = this.#call;
    const key = keys.length === 1 ? keys[0] : keys;
    return { primitive: this.#primitive, key, parts: this.slots };
  }

  use(slot: Slot): void {
    slot.users.add(this);
    this.slots.push(slot);
  }

  get state(): string {
    return this.#state();
  }

  join(waiter: Waiter<T, 1>): void {
    this.#waiter = waiter;
  }

  leave(): void {
    this.#waiter = undefined;
  }

  gaveUp(reason: unknown): void {
    unobserved(() =>
      this.#controller?.abort(reason === TIMED_OUT ? undefined : reason)
    );
  }

  /** Returns false if an abort came first. */
  grant(outcome: T): boolean {
    if (this.#waiter?.isAborted) this.#waiter.abort();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.grant(outcome);
    this.#controller = undefined;
    return waiter !== undefined;
  }

  reject(reason: unknown): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.reject(reason);
  }

  dispose(): void {
    const reason = disposed(this.#call);
    this.reject(reason);
    this.gaveUp(reason);
  }
}

/** Why a call ends if these locks are disposed of. */
export function disposed(call: Call): DOMException {
  return new DOMException(
    `${call.failure()}: these locks were disposed`,
    "AbortError",
  );
}
