/**
 * A read-write lock driven side by side with the reference.
 *
 * @module
 */

import type { LockGuard, RwLock } from "../../mod.ts";
import { type Attempt, CheckedQueue } from "./checked_queue.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import type { Call } from "./reference_queue.ts";
import { ReferenceRwLock, type Side } from "./reference_rw_lock.ts";

/** Requests are sides. */
export class CheckedRwLock extends CheckedQueue<Side, Call<Side>> {
  readonly #lock: RwLock;
  readonly #reference: ReferenceRwLock;

  constructor(
    lock: RwLock,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    const reference = new ReferenceRwLock();
    super(
      {
        acquire: (side, options) => lock[side].acquire(options),
        tryAcquire: (side) => lock[side].tryAcquire(),
        run: (side, fn, options) => lock[side].run(fn, options),
      },
      reference,
      signals,
      timers,
    );
    this.#lock = lock;
    this.#reference = reference;
  }

  /** Makes a write hold a read hold. Other guards are refused. */
  downgrade(
    { call, guard }: Attempt<Call<Side>>,
  ): Attempt<Call<Side>> | undefined {
    if (guard === undefined) return undefined;
    const reading = this.#reference.downgrade(call);
    let given: LockGuard | undefined;
    try {
      given = this.#lock.downgrade(guard);
    } catch {
      // It is refused.
    }
    same(
      "downgrade() gave a guard",
      given !== undefined,
      reading !== undefined,
    );
    return reading && given && this.granted(reading, given);
  }

  endAll(): void {
    this.#reference.cancel("cancelled");
    this.#lock.cancel("cancelled");
  }

  protected checkState(): void {
    for (const side of ["read", "write"] as const) {
      const { locked, waiting } = this.#lock[side];
      same(`${side}.locked`, locked, this.#reference.isLocked(side));
      same(`${side}.waiting`, waiting, this.#reference.waitingFor(side));
    }
  }
}
