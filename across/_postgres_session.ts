/**
 * Private: the session that takes locks, and its statements.
 *
 * A slot is a 64-bit advisory lock. Its mark, which waiting sessions share, is
 * the same number written as two of 32 bits: the server keeps those apart.
 *
 * @module
 */

import type { Row, Session, Statement } from "./_postgres_client.ts";

interface Take {
  readonly slot: string;
  /** Whether to mark it as waited for, before. */
  readonly mark: boolean;
  /** Whether to take the mark away if the slot is got. */
  readonly unmark: boolean;
}

interface Free {
  readonly slot: string;
  readonly locked: boolean;
  readonly marked: boolean;
}

/** Sends together what comes while it is busy: one round trip, one flush. */
class Batch<T extends { readonly slot: string }> {
  readonly #send: (items: readonly T[]) => Promise<readonly Row[]>;
  #next: { item: T; resolve(row?: Row): void; reject(error: unknown): void }[] =
    [];
  #isBusy = false;

  constructor(send: (items: readonly T[]) => Promise<readonly Row[]>) {
    this.#send = send;
  }

  /** Resolves with the row that names the slot, if there is one. */
  add(item: T): Promise<Row | undefined> {
    return new Promise<Row | undefined>((resolve, reject) => {
      this.#next.push({ item, resolve, reject });
      if (!this.#isBusy) this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#next.length > 0) {
      const some = this.#next.splice(0, 1000);
      try {
        const rows = await this.#send(some.map(({ item }) => item));
        const bySlot = new Map(rows.map((row) => [String(row.slot), row]));
        for (const { item, resolve } of some) resolve(bySlot.get(item.slot));
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.#isBusy = false;
  }
}

/** The session that takes locks. */
export class LockSession {
  readonly session: Session;
  readonly #takes: Batch<Take>;
  readonly #frees: Batch<Free>;

  /**
   * @param token What a token is made of.
   * @param channel Where those who wait are notified.
   */
  constructor(session: Session, token: string, channel: string) {
    this.session = session;
    const take = takeStatement(token);
    const free = freeStatement(channel);
    this.#takes = new Batch((takes) =>
      session.execute(take, columns(takes, ["mark", "unmark"]))
    );
    this.#frees = new Batch((frees) =>
      session.execute(free, columns(frees, ["locked", "marked"]))
    );
  }

  /** @returns The token, or `undefined` if another session holds the slot. */
  async take(take: Take): Promise<bigint | undefined> {
    const row = await this.#takes.add(take);
    return row === undefined ? undefined : BigInt(String(row.token));
  }

  /** @returns Whether somebody waits for the slot, and has been notified. */
  async free(free: Free): Promise<boolean> {
    const row = await this.#frees.add(free);
    return row?.called != null;
  }
}

/**
 * The inner query is evaluated first, and from left to right: a waiter is marked
 * before it looks, and a token is made when the slot is held.
 */
function takeStatement(token: string): Statement {
  return {
    name: "holdfast_take",
    text: `
      select slot::text, ${token},
        case when unmark then pg_advisory_unlock_shared(hi, lo) end
      from (
        select slot, hi, lo, unmark,
          case when mark then pg_advisory_lock_shared(hi, lo) end,
          pg_try_advisory_lock(slot) as free
        from unnest($1::bigint[], $2::int[], $3::int[], $4::bool[], $5::bool[])
          as t(slot, hi, lo, mark, unmark)
        offset 0
      ) as asked
      where free`,
  };
}

/**
 * Freed first, then asked whether somebody waits: a waiter that marks itself in
 * between finds the slot free when it looks.
 */
function freeStatement(channel: string): Statement {
  return {
    name: "holdfast_free",
    text: `
      select slot::text,
        case when marked then pg_advisory_unlock_shared(hi, lo) end,
        case when locked then pg_advisory_unlock(slot) end,
        case when locked and not pg_try_advisory_xact_lock(hi, lo)
          then pg_notify('${channel}', slot::text)::text end as called
      from unnest($1::bigint[], $2::int[], $3::int[], $4::bool[], $5::bool[])
        as t(slot, hi, lo, locked, marked)`,
  };
}

/** Slots, their marks, and what to do with each, as arrays of the server. */
function columns<T extends { readonly slot: string }>(
  items: readonly T[],
  flags: readonly (keyof T & string)[],
): string[] {
  const slots = items.map(({ slot }) => BigInt(slot));
  return [
    slots,
    slots.map((slot) => slot >> 32n),
    slots.map((slot) => BigInt.asIntN(32, slot)),
    ...flags.map((flag) => items.map((it) => it[flag])),
  ].map((values) => `{${values.join()}}`);
}
