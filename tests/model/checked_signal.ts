/**
 * An abort signal that knows its listeners.
 *
 * @module
 */

/** Knows its listeners, in the order in which they will be called. */
export class CheckedSignal {
  readonly signal: AbortSignal;
  readonly reason: string;
  readonly #controller = new AbortController();
  #listeners: unknown[] = [];
  #own: (() => void) | undefined;
  #failure: { cause: unknown } | undefined;

  constructor(reason: string) {
    const { signal } = this.#controller;
    this.signal = signal;
    this.reason = reason;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      this.#listeners.push(args[1]);
      Reflect.apply(addEventListener, signal, args);
    };
    signal.removeEventListener = (...args: unknown[]) => {
      this.#listeners = this.#listeners.filter((other) => other !== args[1]);
      Reflect.apply(removeEventListener, signal, args);
    };
  }

  /** The number of listeners, not counting that of {@linkcode onAbort}. */
  get listeners(): number {
    return this.#listeners.filter((other) => other !== this.#own).length;
  }

  /** Whether the listener of {@linkcode onAbort} will be called first. */
  get ownComesFirst(): boolean {
    return this.#own !== undefined && this.#listeners[0] === this.#own;
  }

  /** Adds a listener that does something, the first time only. */
  onAbort(act: () => void): void {
    if (this.#own !== undefined) return;
    this.#own = () => {
      try {
        act();
      } catch (cause) {
        this.#failure = { cause }; // an event target would swallow it
      }
    };
    this.signal.addEventListener("abort", this.#own);
  }

  abort(): void {
    this.#controller.abort(this.reason);
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}
