/**
 * Locks between machines, on PostgreSQL 14 or later.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { wrong } from "../_core/options.ts";
import {
  type Database,
  databaseOf,
  type PgClient,
  type PostgresJs,
  type Session,
} from "./_postgres_client.ts";
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
import type { AcquireOptions } from "../lock.ts";

export { FencedLease as Lease, type Lease as BaseLease, LockLostError };
export type { AcquireOptions, EngineLocks, Hold, Locks };
export type { PgClient, PostgresJs };

/** Options of new {@linkcode PostgresLocks}. */
export interface PostgresLocksOptions {
  /**
   * Stands before each key. What is locked is a hash of both.
   *
   * @default {"holdfast:"}
   */
  prefix?: string | undefined;
  /**
   * After how long the server ends the session of a holder that is silent, in
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

/** Locks by key between machines, on PostgreSQL. */
export class PostgresLocks extends EngineLocks<FencedLease> {
  /** Makes locks that hold nothing. */
  constructor(
    client: (() => PgClient) | PostgresJs,
    options?: PostgresLocksOptions,
  ) {
    const cannot = () => "Cannot create PostgresLocks";
    const { prefix, lease, more: { sequence } } = readLeaseOptions(
      options,
      "PostgresLocks",
      ["sequence"],
    );
    if (sequence !== undefined && typeof sequence !== "string") {
      throw wrong(cannot, "sequence", "a string", sequence);
    }
    const database = databaseOf(client, cannot);
    super(
      new Leases(
        lease,
        (leases) =>
          new PostgresProtocol(database, leases, { prefix, lease, sequence }),
      ),
      FencedLease,
    );
  }
}

/** Why these locks cannot work here at all. */
class Refusal extends Error {}

/** A process whose waiters have just been called leaves them so many ms. */
const YIELD = 30;

/** What is known of a claim at the server. */
interface Standing {
  readonly session: Session;
  /** Whether it is marked as waiting. */
  marked: boolean;
  /** Whether the session has locked the slot for it, once that is known. */
  locked: Promise<boolean>;
}

/**
 * One session takes all locks. The server ends it if it hears nothing for a
 * lease, which makes it a lease itself: one heartbeat serves all holds. It never
 * listens: a stopped process that listens fills its socket, its backend hangs in
 * writing, and that timeout never comes.
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
  #session: Promise<Session> | undefined = undefined;
  #opened: Session | undefined = undefined;
  #listener: Session | undefined = undefined;
  #deafUntil = 0;
  #isChecked = false;

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
        "pg_logical_emit_message(true, 'holdfast', '')"
      : `nextval('${sequence.replaceAll("'", "''")}')::text as token`;
  }

  /** A hash: two keys may share one, and the session would let both in. */
  slotOf(key: string): string {
    return String(hash(wellFormed(this.#prefix + key)));
  }

  get listening(): boolean {
    return this.#listener !== undefined || performance.now() < this.#deafUntil;
  }

  /** Without a session that listens, waiters look now and then. */
  async listen(): Promise<void> {
    try {
      const listener = await this.#database.listen(
        this.#channel,
        (slot) => this.#leases.ring(slot),
        () => {
          this.#listener = undefined;
          this.#leases.ring();
        },
      );
      this.#listener = listener;
    } catch {
      this.#deafUntil = performance.now() + 1000;
    }
  }

  async take(claim: Claim, queue: boolean): Promise<Answer> {
    if (claim.waits && !queue && this.#mustYield(claim.slot)) {
      return { lookAgain: YIELD };
    }
    const session = await this.#open();
    let standing = this.#standings.get(claim);
    if (standing?.session !== session) {
      standing = { session, marked: false, locked: Promise.resolve(false) };
      this.#standings.set(claim, standing);
    }
    const { slot } = claim;
    const mark = markOf(slot);
    if (queue && !standing.marked) {
      standing.marked = true;
      await session.query(`select pg_advisory_lock_shared(${mark})`);
      if (this.#mustYield(slot)) return { lookAgain: YIELD };
    }
    const unmark = standing.marked
      ? `, pg_advisory_unlock_shared(${mark})`
      : "";
    const answer = session.query(
      `select ${this.#token}${unmark} ` +
        `from (select pg_try_advisory_lock(${slot}) as free offset 0) as t ` +
        `where free`,
    );
    standing.locked = answer.then((row) => row !== undefined, () => true);
    const row = await answer;
    if (row === undefined) {
      const often = Math.min(500, this.#lease / 2);
      return { lookAgain: often * (1 - Math.random() / 5) };
    }
    standing.marked = false;
    return { token: BigInt(String(row.token)) };
  }

  async free(claim: Claim): Promise<void> {
    const standing = this.#standings.get(claim);
    this.#standings.delete(claim);
    // A lock ends with its session.
    if (standing === undefined || standing.session !== this.#opened) return;
    const { session, marked, locked } = standing;
    const mark = markOf(claim.slot);
    if (marked) {
      await session.query(`select pg_advisory_unlock_shared(${mark})`);
    }
    if (!await locked) return;
    const row = await session.query(
      `select pg_advisory_unlock(${claim.slot}), ` +
        `case when pg_try_advisory_xact_lock(${mark}) then null ` +
        `else pg_notify('${this.#channel}', '${claim.slot}')::text end as called`,
    );
    if (row?.called == null) return;
    this.#called.delete(claim.slot);
    this.#called.set(claim.slot, performance.now());
  }

  /** All holds are the session's, so a word from it serves them all. */
  async renew(): Promise<readonly Claim[]> {
    const session = await this.#open();
    await session.query("select");
    return [];
  }

  isFinal(error: unknown): boolean {
    if (error instanceof Refusal) return true;
    const { severity, code } = error as { severity?: unknown; code?: unknown };
    return severity !== undefined && !/^(08|57P|53300)/.test(String(code));
  }

  /** A session that is silent is of no use any more. */
  giveUp(): void {
    const session = this.#opened;
    this.#session = undefined;
    session?.destroy();
    this.#ended(session, undefined);
  }

  async close(): Promise<void> {
    const sessions = [this.#opened, this.#listener];
    this.#listener = undefined;
    this.#opened = this.#session = undefined;
    await Promise.all(sessions.map((session) => session?.close()));
  }

  /** The session that takes locks. */
  #open(): Promise<Session> {
    return this.#session ??= this.#connect().catch((error) => {
      this.#session = undefined;
      throw error;
    });
  }

  async #connect(): Promise<Session> {
    const session = await this.#database.open((cause) =>
      this.#ended(session, cause)
    );
    try {
      if (!this.#isChecked) await this.#check(session);
      this.#isChecked = true;
      await session.query(
        `set idle_session_timeout = ${this.#lease}; set synchronous_commit = on`,
      );
    } catch (error) {
      session.destroy();
      throw error;
    }
    return this.#opened = session;
  }

  #ended(session: Session | undefined, cause: unknown): void {
    if (session === undefined || session !== this.#opened) return;
    this.#opened = this.#session = undefined;
    this.#leases.loseAll("the session at the server has ended", cause);
    this.#leases.ring();
  }

  /**
   * Refuses what cannot hold a lock for a session: an old server, and a pooler
   * that gives each transaction another session. Such a pooler may well give the
   * same one for a while, so ask on two connections at once.
   */
  async #check(session: Session): Promise<void> {
    const row = await session.query("show server_version_num");
    if (Number(row?.server_version_num) < 140_000) {
      throw new Refusal("it is older than version 14");
    }
    const first = await pidOf(session);
    const other = await this.#database.open(() => {});
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
  const row = await session.query("select pg_backend_pid()::text as pid");
  return String(row?.pid);
}

/** The first 64 bits of SHA-256, signed, as the server's `bigint` is. */
function hash(text: string): bigint {
  return createHash("sha256").update(text).digest().readBigInt64BE();
}

/** The name of a slot's mark: two numbers are another space than one. */
function markOf(slot: string): string {
  const both = BigInt(slot);
  return `${both >> 32n}, ${BigInt.asIntN(32, both)}`;
}
