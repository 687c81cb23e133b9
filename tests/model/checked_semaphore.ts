/**
 * A semaphore driven side by side with the reference.
 *
 * @module
 */

import type { Semaphore } from "../../mod.ts";
import { type Attempt, CheckedQueue } from "./checked_queue.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import type { Call } from "./reference_queue.ts";
import { ReferenceSemaphore } from "./reference_semaphore.ts";

/** Requests for one permit leave the option out, as most callers do. */
export class CheckedSemaphore extends CheckedQueue<number, Call<number>> {
  readonly #semaphore: Semaphore;
  readonly #reference: ReferenceSemaphore;

  constructor(
    semaphore: Semaphore,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    const reference = new ReferenceSemaphore(semaphore.permits);
    super(
      {
        acquire: (permits, options) =>
          semaphore.acquire(permits === 1 ? options : { permits, ...options }),
        tryAcquire: (permits) => semaphore.tryAcquire(permits),
        run: (permits, fn, options) =>
          semaphore.run(fn, permits === 1 ? options : { permits, ...options }),
      },
      reference,
      signals,
      timers,
    );
    this.#semaphore = semaphore;
    this.#reference = reference;
  }

  override tryAcquire(permits: number): Attempt<Call<number>> | undefined {
    if (permits <= this.#reference.permits) return super.tryAcquire(permits);
    let error;
    try {
      this.#semaphore.tryAcquire(permits);
    } catch (thrown) {
      error = thrown;
    }
    same("tryAcquire() threw a RangeError", error instanceof RangeError, true);
  }

  resize(permits: number): void {
    this.#reference.resize(permits);
    this.#semaphore.resize(permits);
  }

  endAll(): void {
    this.#reference.cancel("cancelled");
    this.#semaphore.cancel("cancelled");
  }

  protected checkState(): void {
    same("permits", this.#semaphore.permits, this.#reference.permits);
    same("available", this.#semaphore.available, this.#reference.available);
    same("waiting", this.#semaphore.waiting, this.#reference.waiting);
  }
}
