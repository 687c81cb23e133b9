/**
 * Private: what the holder of keys at an engine gets.
 *
 * @module
 */

import type { Hold } from "./_locks.ts";

/**
 * A hold was lost: the engine gave the key to somebody else, or might have, or
 * can no longer be asked.
 *
 * It is the `reason` of {@linkcode Lease.signal}, and what `run()` rejects with
 * if its hold was lost. Its `cause` is the error of the engine's client, if
 * there was one.
 *
 * @example
 * ```ts
 * import { LockLostError } from "@holdfast/sync/workers";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new LockLostError("Lost key: the server is gone");
 * assertEquals(error.name, "LockLostError");
 * ```
 */
export class LockLostError extends Error {
  /** Always `"LockLostError"`. */
  override readonly name = "LockLostError";
}

/** One slot, held at an engine. */
export abstract class Grant {
  #loss: [why: string, cause: unknown] | undefined = undefined;
  #tell: ((why: string, cause: unknown) => void) | undefined = undefined;

  /** The fencing token, if the engine has them. */
  declare readonly token?: bigint;

  /** Frees the slot, also after a loss. Never rejects. */
  abstract free(): Promise<void>;

  /** Compares clocks, if the engine's holds end by themselves. */
  check(): void {}

  /**
   * The engine can no longer vouch for this hold.
   *
   * @param why Completes "Lost key …: ".
   */
  lose(why: string, cause?: unknown): void {
    this.#loss = [why, cause];
    this.#tell?.(why, cause);
  }

  /** Calls `tell` when the hold is lost, even if that came before this call. */
  onLost(tell: (why: string, cause: unknown) => void): void {
    this.#tell = tell;
    if (this.#loss !== undefined) tell(...this.#loss);
  }
}

/** What a {@linkcode Lease} stands for. */
export interface Held {
  readonly keys: readonly string[];
  readonly grants: readonly Grant[];
  /** Lets the next task of this process have its turn. */
  readonly leave: () => void;
  /** `key "a" at Redis` */
  readonly label: () => string;
}

/** Ends a hold from outside: its holder is told that it is lost. */
export let lose: (lease: Lease, why: string, cause?: unknown) => Promise<void>;

/**
 * A hold of one or several keys, between workers, processes or machines.
 *
 * Free it with `await using`, with {@linkcode Lease.release} in a `finally`, or
 * let `run()` do both. Unlike the hold of a `KeyedLock`, it can be lost: watch
 * {@linkcode Lease.signal}, or ask {@linkcode Lease.held} before each step that
 * cannot be taken back.
 *
 * @example
 * ```ts
 * import { type Lease, WebLocks } from "@holdfast/sync/workers";
 * import { assertEquals } from "@std/assert";
 *
 * await using locks = new WebLocks();
 * const lease: Lease = await locks.acquire("invoice:17");
 * try {
 *   assertEquals(lease.held, true);
 * } finally {
 *   await lease.release();
 * }
 * assertEquals(lease.held, false);
 * ```
 */
export class Lease implements Hold {
  /**
   * The keys, each once, in the order in which they were asked for.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * await using lease = await locks.acquireAll(["b", "a", "b"]);
   * assertEquals(lease.keys, ["b", "a"]);
   * ```
   */
  readonly keys: readonly string[];
  readonly #hold: Held;
  // Set when the hold has ended. It settles when the engine knows.
  #end: Promise<void> | undefined = undefined;
  #loss: LockLostError | undefined = undefined;
  // Made when somebody asks for the signal, as most never do.
  #controller: AbortController | undefined = undefined;

  static {
    lose = (lease, why, cause) => lease.#lose(why, cause);
  }

  /** @ignore */
  constructor(hold: Held) {
    this.#hold = hold;
    this.keys = hold.keys;
    for (const grant of hold.grants) {
      grant.onLost((why, cause) => void this.#lose(why, cause));
    }
  }

  /**
   * Whether the keys are still held, all of them.
   *
   * It compares clocks when it is asked, so it is right at once, even if the
   * process was paused and no timer has run since.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * const lease = await locks.acquire("a");
   * assertEquals(lease.held, true);
   * await lease.release();
   * assertEquals(lease.held, false);
   * ```
   */
  get held(): boolean {
    for (const grant of this.#hold.grants) {
      if (this.#end !== undefined) return false;
      grant.check();
    }
    return this.#end === undefined;
  }

  /**
   * Aborted with a {@linkcode LockLostError} when the hold can no longer be
   * vouched for, before anybody else can have the key. A release does not abort
   * it. Pass it to whatever the hold protects.
   *
   * @example
   * ```ts
   * import { LockLostError, WebLocks } from "@holdfast/sync/workers";
   * import { assert, assertEquals } from "@std/assert";
   *
   * const locks = new WebLocks();
   * const { signal } = await locks.acquire("a");
   * assertEquals(signal.aborted, false);
   * await locks[Symbol.asyncDispose](); // frees what it holds
   * assert(signal.reason instanceof LockLostError);
   * ```
   */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#loss !== undefined) this.#controller.abort(this.#loss);
    }
    return this.#controller.signal;
  }

  /**
   * Ends the hold. If it has ended already, it does nothing more.
   *
   * {@linkcode Lease.held} is false when the call returns.
   *
   * @returns A promise that resolves when the engine has freed the keys. It
   * never rejects. If the engine is gone, it resolves no later than the end of
   * the lease.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assert } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * const lease = await locks.acquire("a");
   * await lease.release();
   * await lease.release(); // does nothing
   * assert(await locks.tryAcquire("a"));
   * ```
   */
  release(): Promise<void> {
    return this.#end ??= this.#free().then(this.#hold.leave);
  }

  /**
   * The same as {@linkcode Lease.release}, called at the end of the block by
   * `await using lease = await locks.acquire("a")`.
   *
   * @returns A promise that resolves when the engine has freed the keys.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assert } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * {
   *   await using _ = await locks.acquire("a");
   * }
   * assert(await locks.tryAcquire("a"));
   * ```
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #free(): Promise<void> {
    await Promise.all(this.#hold.grants.map((grant) => grant.free()));
  }

  /** A lost hold leaves the local queue at once: it may never be released. */
  #lose(why: string, cause: unknown): Promise<void> {
    if (this.#end !== undefined) return this.#end;
    this.#loss = new LockLostError(
      `Lost ${this.#hold.label()}: ${why}`,
      cause === undefined ? undefined : { cause },
    );
    let settle: (freed: Promise<void>) => void;
    this.#end = new Promise((resolve) => settle = resolve);
    // The holder is told before anybody else can have the key. Its listeners
    // may call anything, `release()` too.
    this.#controller?.abort(this.#loss);
    // Free it before the next task asks for the key, so that this task gets it.
    settle!(this.#free());
    this.#hold.leave();
    return this.#end;
  }
}

/**
 * A {@linkcode Lease} with a fencing token, as Redis and PostgreSQL give it.
 *
 * A holder that was paused does not know that its time is over. The resource
 * can: it keeps the highest token that it has seen, and refuses a write with a
 * lower one.
 *
 * @example
 * ```ts ignore
 * import { RedisLocks } from "@holdfast/sync/redis";
 *
 * await new RedisLocks(client).run("invoice:17", async ({ token }) => {
 *   await sql`
 *     update invoices set paid = true, fence = ${token}
 *     where id = 17 and fence <= ${token}`;
 * });
 * ```
 */
export class FencedLease extends Lease {
  readonly #token: bigint;

  /**
   * The fencing token: greater with every hold of the key, whoever holds it. For
   * several keys it is greater than every earlier token of each of them.
   *
   * @example
   * ```ts ignore
   * import { RedisLocks } from "@holdfast/sync/redis";
   *
   * const locks = new RedisLocks(client);
   * const first = await locks.run("a", ({ token }) => token);
   * const second = await locks.run("a", ({ token }) => token);
   * console.assert(first < second);
   * ```
   */
  get token(): bigint {
    return this.#token;
  }

  /** @ignore */
  constructor(hold: Held) {
    super(hold);
    // Covered by the tests that have a server.
    // deno-coverage-ignore-start
    this.#token = hold.grants.reduce(
      (highest, { token = 0n }) => token > highest ? token : highest,
      0n,
    );
    // deno-coverage-ignore-stop
  }
}
