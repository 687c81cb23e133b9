/**
 * Locks between the workers of a process, and between the tabs of a browser.
 * They use the platform's Web Locks, `navigator.locks`.
 *
 * **Not re-entrant**: a task that acquires a key which it holds waits for itself,
 * for ever.
 *
 * @example
 * ```ts
 * import { WebLocks } from "@holdfast/sync/workers";
 * import { assertEquals } from "@std/assert";
 *
 * await using locks = new WebLocks();
 * const answer = await locks.run("settings", () => {
 *   return 42; // no other worker and no other tab is in here now
 * });
 * assertEquals(answer, 42);
 * ```
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

/**
 * Options of new {@linkcode WebLocks}.
 *
 * @example
 * ```ts
 * import { WebLocks, type WebLocksOptions } from "@holdfast/sync/workers";
 * import { assert } from "@std/assert";
 *
 * const options: WebLocksOptions = { prefix: "shop:" };
 * await using shop = new WebLocks(options);
 * await using other = new WebLocks();
 * await using _ = await shop.acquire("a");
 * assert(await other.tryAcquire("a")); // another prefix, another key
 * ```
 */
export interface WebLocksOptions {
  /**
   * Put before each key in the platform's name of the lock, so that different
   * programs on one platform do not share keys by accident.
   *
   * @default {"holdfast:"}
   */
  prefix?: string | undefined;
}

/**
 * Locks by key between the workers of a process, or the tabs of an origin.
 *
 * When a worker or a tab ends, the platform frees what it held. A lock that
 * somebody steals (`navigator.locks.request` with `steal: true`) is lost, and
 * its holder is told.
 *
 * If a worker is ended by `terminate()`, Node 24 does not free what it held.
 * Deno 2.9 leaks a lock if its waiter is terminated at the moment of the grant.
 * Node 22 and Bun have no Web Locks.
 *
 * @example
 * ```ts
 * import { WebLocks } from "@holdfast/sync/workers";
 * import { assertEquals } from "@std/assert";
 *
 * await using locks = new WebLocks();
 * {
 *   await using lease = await locks.acquire("account");
 *   assertEquals(lease.held, true);
 *   assertEquals(await locks.tryAcquire("account"), undefined);
 * }
 * ```
 */
export class WebLocks extends EngineLocks<Lease> {
  /**
   * Creates locks that hold nothing.
   *
   * @param options The prefix of all keys.
   * @throws {TypeError} If an option is of the wrong type or not known.
   * @throws {Error} If the platform has no Web Locks.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assert } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * assert(await locks.tryAcquire("a"));
   * ```
   */
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
    super(new WebEngine(manager, prefix), Lease, "WebLocks");
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
