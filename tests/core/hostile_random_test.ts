/**
 * Random programs whose signals call the lock back from every getter and method.
 * However they do that, nobody is stranded and nothing stays behind.
 */

import { assertEquals } from "@std/assert";
import { KeyedLock, type LockGuard } from "../../keyed_lock.ts";
import { makeSignal } from "../support/hostile_signals.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { makeRandom } from "../support/random.ts";
import { explored } from "../support/summary.ts";

const KEYS = ["a", "b", "c"];
/** Calls back from inside of calls back, and so on. */
const DEEPEST = 3;
const STEPS = 40;
const PROGRAMS = 500;

class Program {
  readonly lock = new KeyedLock();
  readonly guards: LockGuard[] = [];
  readonly signals: ReturnType<typeof makeSignal>[] = [];
  readonly #below: (end: number) => number;
  #pending = 0;
  #depth = 0;
  #isOver = false;

  constructor(seed: number) {
    this.#below = makeRandom(seed);
  }

  async run(): Promise<void> {
    for (let i = 0; i < STEPS; i++) {
      this.#step();
      if (this.#below(3) === 0) await drainMicrotasks();
      this.#check();
    }
    this.#isOver = true;
    // Whoever is let in now leaves at once, until nobody waits any more.
    for (let granted = -1; granted < this.guards.length;) {
      granted = this.guards.length;
      for (const guard of this.guards) guard.release();
      await drainMicrotasks();
    }
    assertEquals(this.#pending, 0);
    assertEquals([...this.lock.keys()], []);
    for (const { listeners } of this.signals) assertEquals(listeners.size, 0);
  }

  /** What must be so whenever the lock is not in the middle of a call. */
  #check(): void {
    for (const key of this.lock.keys()) {
      assertEquals(this.lock.isLocked(key), true);
    }
    for (const key of KEYS) {
      if (!this.lock.isLocked(key)) assertEquals(this.lock.waiting(key), 0);
    }
  }

  #step(): void {
    const { lock } = this;
    const key = this.#one(KEYS);
    switch (this.#below(9)) {
      case 0:
      case 1:
        return this.#wait((signal) => lock.acquire(key, { signal }));
      case 2:
      case 3: {
        const keys = KEYS.filter(() => this.#below(3) > 0);
        return this.#wait((signal) => lock.acquireAll(keys, { signal }));
      }
      case 4:
        return this.#one(this.guards)?.release();
      case 5:
        try {
          return lock.release(key);
        } catch {
          return; // nobody holds it, or the one who does has not started
        }
      case 6:
        return lock.cancel(key, "cancelled");
      case 7: {
        const signal = this.#one(this.signals);
        if (signal === undefined) return;
        signal.aborted = true;
        if (this.#below(2) === 0) signal.abort("gone");
        return;
      }
      default: {
        if (this.#below(4) === 0) return lock.cancelAll("cancelled");
        const guard = lock.tryAcquireAll([key, this.#one(KEYS)]);
        if (guard) this.guards.push(guard);
      }
    }
  }

  #wait(start: (signal: AbortSignal | null) => Promise<LockGuard>): void {
    this.#pending++;
    start(this.#below(2) === 0 ? this.#makeSignal() : null).then(
      (guard) => this.guards.push(guard),
      () => {},
    ).finally(() => this.#pending--);
  }

  #makeSignal(): AbortSignal {
    const callBack = () => this.#callBack();
    let isAborted = false;
    let reason: unknown;
    const signal = makeSignal({
      get aborted() {
        callBack();
        return isAborted;
      },
      set aborted(value) {
        isAborted = value;
      },
      get reason() {
        callBack();
        return reason;
      },
      set reason(value) {
        reason = value;
      },
      addEventListener(_: string, listener: () => void) {
        callBack();
        this.listeners.add(listener);
        callBack();
      },
      removeEventListener(_: string, listener: () => void) {
        this.listeners.delete(listener);
        callBack();
      },
    });
    this.signals.push(signal);
    return signal;
  }

  #callBack(): void {
    if (this.#isOver || this.#depth === DEEPEST || this.#below(3) > 0) return;
    this.#depth++;
    this.#step();
    this.#depth--;
    if (this.#below(20) === 0) throw new Error("Thrown by the signal");
  }

  #one<T>(items: T[]): T {
    return items[this.#below(items.length)]!;
  }
}

Deno.test("signals that call back from everywhere strand nobody", async () => {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    try {
      await new Program(seed).run();
    } catch (error) {
      throw new Error(`with seed ${seed}`, { cause: error });
    }
  }
  explored("Random programs whose signals call back", {
    programs: PROGRAMS,
    steps: PROGRAMS * STEPS,
  });
});
