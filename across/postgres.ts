/**
 * Locks between machines, on PostgreSQL 14 or later. You bring the client,
 * `npm:pg` or `npm:postgres`.
 *
 * **Not re-entrant**: a task that acquires a key which it holds waits for itself,
 * for ever.
 *
 * @example
 * ```ts ignore
 * import { PostgresLocks } from "@holdfast/sync/postgres";
 * import pg from "npm:pg";
 *
 * const locks = new PostgresLocks(() => new pg.Client("postgres://…"));
 *
 * await locks.run("invoice:17", async ({ token, signal }) => {
 *   // Nobody else is in here, as long as `signal` is not aborted.
 * });
 * ```
 *
 * @module
 */

import { createHash } from "node:crypto";
import { wrongType } from "../_core/errors.ts";
import {
  type Database,
  databaseOf,
  type PgClient,
  type PostgresJs,
  type Session,
} from "./_postgres_client.ts";
import { LockSession } from "./_postgres_session.ts";
import {
  type Answer,
  type Claim,
  Leases,
  type Protocol,
  readLeaseOptions,
} from "./_leases.ts";
import { FencedLease, type Lease, LockLostError } from "./_lease.ts";
import { EngineLocks, type Hold, type Locks } from "./_locks.ts";
import { wellFormed } from "./_names.ts";
import type { AcquireOptions } from "../_core/options.ts";

export { FencedLease as Lease, type Lease as BaseLease, LockLostError };
export type { AcquireOptions, EngineLocks, Hold, Locks };
export type { PgClient, PostgresJs };

/**
 * Options of new {@linkcode PostgresLocks}.
 *
 * @example
 * ```ts
 * import {
 *   PostgresLocks,
 *   type PostgresLocksOptions,
 * } from "@holdfast/sync/postgres";
 * import { assertThrows } from "@std/assert";
 *
 * const options: PostgresLocksOptions = { prefix: "shop:", lease: 5000 };
 * assertThrows(
 *   () => new PostgresLocks({} as never, options),
 *   TypeError,
 *   "client must be a function",
 * );
 * ```
 */
export interface PostgresLocksOptions {
  /**
   * Put before each key. The lock is on a hash of both.
   *
   * @default {"holdfast:"}
   */
  prefix?: string | undefined;
  /**
   * How long a holder may be silent before the server ends its session, in
   * milliseconds. After a crash, the session ends at once.
   *
   * @default {10_000}
   */
  lease?: number | undefined;
  /**
   * A sequence to take tokens from. Without one, they are transaction ids, and
   * each hold writes a few bytes to the server's log.
   */
  sequence?: string | undefined;
}

/**
 * Locks by key between machines, on PostgreSQL.
 *
 * One session holds all keys, as advisory locks. If its process dies, the server
 * ends it at once and the keys are free. If the process is stopped or cut off,
 * the server ends the session after a lease, and the holder is told before that:
 * {@linkcode FencedLease.held} is false and its `signal` is aborted. A second
 * session listens for free keys while somebody waits.
 *
 * If an administrator ends the session, the next holder may get in before this
 * one is told. If that matters, let the resource check
 * the `token` of the lease.
 *
 * A pooler that shares sessions between transactions is refused at the first
 * use, and so is a server before version 14.
 *
 * @example
 * ```ts ignore
 * import { PostgresLocks } from "@holdfast/sync/postgres";
 * import postgres from "npm:postgres";
 *
 * const locks = new PostgresLocks(postgres("postgres://…"), { lease: 5000 });
 * await using lease = await locks.acquire("invoice:17", { timeout: 1000 });
 * ```
 */
export class PostgresLocks extends EngineLocks<FencedLease> {
  /**
   * Creates locks that hold nothing. The first use connects.
   *
   * @param client A function that returns a new client of `npm:pg`, or an
   * instance of `npm:postgres`, whose pool must have room for two connections.
   * @param options The prefix of all keys, the length of a lease, and the
   * sequence that tokens come from.
   * @throws {TypeError} If the client is something else, or an option is of the
   * wrong type or not known.
   * @throws {RangeError} If `lease` is not a whole number of at least 1.
   *
   * @example
   * ```ts ignore
   * import { PostgresLocks } from "@holdfast/sync/postgres";
   * import pg from "npm:pg";
   *
   * const locks = new PostgresLocks(() => new pg.Client("postgres://…"));
   * ```
   */
  constructor(
    client: (() => PgClient) | PostgresJs,
    options?: PostgresLocksOptions,
  ) {
    const failure = () => "Cannot create PostgresLocks";
    const { prefix, lease, more: { sequence } } = readLeaseOptions(
      options,
      "PostgresLocks",
      ["sequence"],
    );
    if (sequence !== undefined && typeof sequence !== "string") {
      throw wrongType(failure, "sequence", "a string", sequence);
    }
    const database = databaseOf(client, failure);
    super(
      new Leases(
        lease,
        (leases) =>
          new PostgresProtocol(database, leases, { prefix, lease, sequence }),
      ),
      FencedLease,
      "PostgresLocks",
    );
  }
}

/** Why these locks cannot work here at all. */
class Refusal extends Error {}

/** A process whose waiters have just been called gives them this many ms. */
const YIELD = 30;

/** Refusals after which a waiter lets others try first. */
const FEW = 5;

/** What is known of a claim at the server. */
interface Standing {
  readonly at: LockSession;
  /** Whether it is marked as waiting. */
  marked: boolean;
  /** Whether the session has locked the slot for it, once that is known. */
  locked: Promise<boolean>;
}

/**
 * One session takes all locks. The server ends it if it hears nothing for the
 * time of a lease. So the session itself is a lease, and one heartbeat serves
 * all holds. It never listens: a stopped process that listens fills its socket,
 * its backend hangs in writing, and that timeout never comes.
 *
 * Another session listens, while somebody waits. A process that waits for a slot
 * holds a mark, a shared lock beside it, so that the holder knows whether there
 * is somebody to notify.
 */
class PostgresProtocol implements Protocol {
  readonly name = "PostgreSQL";
  readonly #database: Database;
  readonly #leases: Leases;
  readonly #prefix: string;
  readonly #lease: number;
  readonly #channel: string;
  readonly #token: string;
  readonly #standings = new WeakMap<Claim, Standing>();
  /** When waiters of a slot were called last, by this process. */
  readonly #called = new Map<string, number>();
  /** How often a slot that is waited for was held when it was looked at. */
  readonly #refused = new Map<string, number>();
  readonly #shy = new Map<string, ReturnType<typeof setTimeout>>();
  #session: Promise<LockSession> | undefined = undefined;
  #opened: LockSession | undefined = undefined;
  #listening: Promise<void> | undefined = undefined;
  #listener: Session | undefined = undefined;
  #deafUntil = 0;
  #isChecked = false;
  /** Ends what is open, and what opens. */
  #life = new AbortController();

  constructor(
    database: Database,
    leases: Leases,
    { prefix, lease, sequence }: {
      prefix: string;
      lease: number;
      sequence: string | undefined;
    },
  ) {
    this.#database = database;
    this.#leases = leases;
    this.#prefix = wellFormed(prefix);
    this.#lease = lease;
    this.#channel = "holdfast_" + hash(this.#prefix).toString(16);
    // A transaction that only takes an id commits without a flush, and after a
    // crash the id would be given again. The empty message has it flushed.
    this.#token = sequence === undefined
      ? "pg_current_xact_id()::text as token, " +
        "(select pg_logical_emit_message(true, 'holdfast', ''))"
      : `nextval('${sequence.replaceAll("'", "''")}')::text as token`;
  }

  /** A hash: two keys may share one, and the session would let both in. */
  slotOf(key: string): string {
    return String(hash(wellFormed(this.#prefix + key)));
  }

  get listening(): boolean {
    return this.#listener !== undefined || performance.now() < this.#deafUntil;
  }

  listen(): Promise<void> {
    return this.#listening = this.#listen();
  }

  async take(claim: Claim, queue: boolean): Promise<Answer> {
    const { slot } = claim;
    const at = await this.#open();
    const standing = this.#standings.get(claim);
    const marked = standing?.at === at && standing.marked;
    if (claim.waits && !marked && this.#mustYield(slot)) {
      // Listens and is marked when it comes back, unless the others are done.
      return { lookAgain: YIELD };
    }
    const mark = queue && !marked;
    const answer = at.take({ slot, mark, unmark: queue });
    // If the answer is an error, the slot may be locked all the same.
    const locked = answer.then((token) => token !== undefined, () => true);
    this.#standings.set(claim, { at, marked: queue, locked });
    const token = await answer;
    if (token !== undefined) {
      this.#refused.delete(slot);
      this.#standings.set(claim, { at, marked: false, locked });
      return { token };
    }
    if (queue) this.#refused.set(slot, (this.#refused.get(slot) ?? 0) + 1);
    const often = Math.min(500, this.#lease / 2);
    return { lookAgain: often * (1 - Math.random() / 5) };
  }

  async free(claim: Claim): Promise<void> {
    const { slot } = claim;
    this.#refused.delete(slot);
    const standing = this.#standings.get(claim);
    // Its locks have ended with its session.
    if (standing === undefined || standing.at !== this.#opened) return;
    const locked = await standing.locked;
    const { at, marked } = this.#standings.get(claim)!;
    this.#standings.delete(claim);
    if (!locked && !marked) return;
    if (!await at.free({ slot, locked, marked })) return;
    this.#called.delete(slot);
    this.#called.set(slot, performance.now());
  }

  /** All holds are the session's, so a word from it serves them all. */
  groups(claims: readonly Claim[]): readonly (readonly Claim[])[] {
    return [claims];
  }

  async renew(): Promise<readonly Claim[]> {
    const { session } = await this.#open();
    await session.query("select");
    return [];
  }

  /** The last token is the highest of all, and all keys share what it is from. */
  raise(): Promise<void> {
    return Promise.resolve();
  }

  isFinal(error: unknown): boolean {
    if (error instanceof Refusal) return true;
    const { severity, code } = error as { severity?: unknown; code?: unknown };
    return severity !== undefined && !/^(08|57P|53300)/.test(String(code));
  }

  /** A connection that is silent is of no use any more. */
  giveUp(): void {
    const session = this.#opened?.session;
    const silence = new Error("the server does not answer");
    this.#session = this.#listener = undefined;
    this.#life.abort(silence);
    this.#life = new AbortController();
    this.#ended(session, silence);
  }

  async close(): Promise<void> {
    // What is being opened has to be closed too.
    await Promise.allSettled([this.#listening, this.#session]);
    const sessions = [this.#opened?.session, this.#listener];
    this.#listener = undefined;
    this.#opened = this.#session = undefined;
    for (const timer of this.#shy.values()) clearTimeout(timer);
    await Promise.all(sessions.map((session) => session?.close()));
  }

  /**
   * Everybody who waits hears of a free slot, and only one can get it. Whoever
   * has been refused often lets others try first.
   */
  #hear(slot: string): void {
    if (this.#shy.has(slot)) return;
    const tooOften = (this.#refused.get(slot) ?? 0) - FEW;
    if (tooOften <= 0) return this.#leases.ring(slot);
    const timer = setTimeout(() => {
      this.#shy.delete(slot);
      this.#leases.ring(slot);
    }, Math.random() * 2 ** Math.min(tooOften, 8));
    this.#shy.set(slot, timer);
  }

  /** Without a session that listens, waiters look now and then. */
  async #listen(): Promise<void> {
    try {
      this.#listener = await this.#database.listen(
        this.#life.signal,
        this.#channel,
        (slot) => this.#hear(slot),
        () => {
          this.#listener = undefined;
          this.#leases.ring();
        },
      );
    } catch {
      this.#deafUntil = performance.now() + 1000;
    }
  }

  /** The session that takes locks. */
  #open(): Promise<LockSession> {
    if (this.#session !== undefined) return this.#session;
    const { signal } = this.#life;
    return this.#session = this.#connect(signal).catch((error) => {
      if (!signal.aborted) this.#session = undefined;
      throw error;
    });
  }

  async #connect(signal: AbortSignal): Promise<LockSession> {
    let session: Session | undefined = undefined; // it may end while it opens
    session = await this.#database.open(
      signal,
      (cause) => this.#ended(session, cause),
    );
    try {
      if (!this.#isChecked) await this.#check(session, signal);
      this.#isChecked = true;
      await session.query(`set idle_session_timeout = ${this.#lease}`);
      await session.query("set synchronous_commit = on");
      signal.throwIfAborted();
    } catch (error) {
      await session.close().catch(() => {});
      throw error;
    }
    return this.#opened = new LockSession(session, this.#token, this.#channel);
  }

  #ended(session: Session | undefined, cause: unknown): void {
    if (session === undefined || session !== this.#opened?.session) return;
    this.#opened = this.#session = undefined;
    this.#leases.loseAll("the session at the server has ended", cause);
    this.#leases.ring();
  }

  /**
   * Refuses what cannot hold a lock for a session: an old server, and a pooler
   * that gives each transaction another session. Such a pooler may well give
   * the same one for a while, so ask on two connections at once.
   */
  async #check(session: Session, signal: AbortSignal): Promise<void> {
    const [row] = await session.query("show server_version_num");
    if (Number(row?.server_version_num) < 140_000) {
      throw new Refusal("it is older than version 14");
    }
    const first = await pidOf(session);
    const other = await this.#database.open(signal, () => {});
    try {
      const second = await pidOf(other);
      const again = await pidOf(session);
      if (first === again && first !== second) return;
    } finally {
      await other.close().catch(() => {});
    }
    throw new Refusal(
      "a pooler shares its sessions between transactions; " +
        "connect to the server itself, or to a pool in session mode",
    );
  }

  /**
   * Whether this process has just called others to the slot. It would have it
   * back before they have heard of it, over and over.
   */
  #mustYield(slot: string): boolean {
    const now = performance.now();
    for (const [slot, called] of this.#called) {
      if (now - called < YIELD) break;
      this.#called.delete(slot); // they are in the order of time
    }
    return this.#called.has(slot);
  }
}

async function pidOf(session: Session): Promise<string> {
  const [row] = await session.query("select pg_backend_pid()::text as pid");
  return String(row?.pid);
}

/** The first 64 bits of SHA-256, signed, as the server's `bigint` is. */
function hash(text: string): bigint {
  return createHash("sha256").update(text).digest().readBigInt64BE();
}
