/**
 * Locks between the workers of a process, and between the tabs of a browser.
 *
 * @module
 */

import { wrongType } from "../_core/errors.ts";
import { readOptions } from "../_core/options.ts";
import { Grant, Lease, LockLostError } from "./_lease.ts";
import { type Engine, EngineLocks, type Hold, type Locks } from "./_locks.ts";
import { wellFormed } from "./_names.ts";
import type { AcquireOptions } from "../_core/options.ts";

export { Lease, LockLostError };
export type { AcquireOptions, EngineLocks, Hold, Locks };

/** Options of new {@linkcode WebLocks}. */
export interface WebLocksOptions {
  /**
   * Stands before each key in the platform's name of a lock, so that different
   * things can share a platform.
   *
   * @default {"holdfast:"}
   */
  prefix?: string | undefined;
}

/** Locks by key between workers or tabs. */
export class WebLocks extends EngineLocks<Lease> {
  /** Makes locks that hold nothing. */
  constructor(options?: WebLocksOptions) {
    const failure = () => "Cannot create WebLocks";
    const { prefix = "holdfast:" } = options === undefined
      ? {}
      : readOptions(options, failure, ["prefix"]) as WebLocksOptions;
    if (typeof prefix !== "string") {
      throw wrongType(failure, "prefix", "a string", prefix);
    }
    const { locks: manager } = (globalThis.navigator ?? {}) as Platform;
    if (manager === undefined) {
      throw new Error(`${failure()}: this platform has no navigator.locks`);
    }
    super(new WebEngine(manager, prefix), Lease);
  }
}

/** What is used of the platform. Not every runtime's types know of it. */
interface Platform {
  readonly locks?: LockManager;
}

interface LockManager {
  request(
    name: string,
    options: { signal: AbortSignal } | { ifAvailable: true },
    callback: (lock: object | null) => Promise<void> | undefined,
  ): Promise<unknown>;
}

class WebEngine implements Engine {
  readonly name = "Web Locks";
  readonly #manager: LockManager;
  readonly #prefix: string;

  constructor(manager: LockManager, prefix: string) {
    this.#manager = manager;
    this.#prefix = prefix;
  }

  /** The platform refuses names that begin with "-", hence the colon. */
  slotOf(key: string): string {
    return wellFormed(`:${this.#prefix}${key}`);
  }

  take(
    slot: string,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<Grant | undefined> {
    return new Promise((resolve, reject) => {
      let grant: WebGrant | undefined;
      const ended = this.#manager.request(
        slot,
        wait ? { signal } : { ifAvailable: true },
        (lock) => {
          if (lock !== null && !signal.aborted) grant = new WebGrant();
          resolve(grant);
          return grant?.over;
        },
      );
      // The platform says so later.
      signal.addEventListener("abort", () => reject(signal.reason));
      ended.then(() => grant?.freed(), (error) => {
        grant?.lose("somebody has stolen it", error);
        grant?.freed();
        reject(error); // does nothing if it was granted
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The platform's lock is held until the promise `over` resolves. */
class WebGrant extends Grant {
  end!: () => void;
  freed!: () => void;
  readonly over: Promise<void> = new Promise((resolve) => this.end = resolve);
  readonly #freed = new Promise<void>((resolve) => this.freed = resolve);

  free(): Promise<void> {
    this.end();
    return this.#freed;
  }
}
