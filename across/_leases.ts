/**
 * Private: holds that a server gives for a while and that have to be renewed,
 * and the waits for them. The locks on Redis and PostgreSQL use it.
 *
 * @module
 */

import { outOfRange, wrongType } from "../_core/errors.ts";
import { readOptions } from "../_core/options.ts";
import { elapsed, type Instant, now } from "./_clock.ts";
import { Grant } from "./_lease.ts";
import type { Engine } from "./_locks.ts";

/** What a server answers to {@linkcode Protocol.take}. */
export type Answer =
  | { readonly token: bigint }
  /** It is held. Look again after this many milliseconds if nothing rings. */
  | { readonly lookAgain: number };

/** What a server and its client can do. Each call may fail or never return. */
export interface Protocol {
  readonly name: string;
  slotOf(key: string): string;
  /** Whether a freed slot makes itself heard: {@linkcode Leases.ring}. */
  readonly listening: boolean;
  /**
   * Starts to listen. Afterwards `listening` is true.
   *
   * @param slot The one that is waited for first.
   */
  listen(slot: string): Promise<void>;
  /**
   * Asks for a slot. Asking again with the same claim is harmless, and extends
   * the hold if there is one.
   *
   * @param queue Whether the claim goes on waiting if the slot is held.
   */
  take(claim: Claim, queue: boolean): Promise<Answer>;
  /** Divides holds into groups that are renewed, and may fail, each on its own. */
  groups(claims: readonly Claim[]): readonly (readonly Claim[])[];
  /** Extends a group; returns what the server does not know any more. */
  renew(claims: readonly Claim[]): Promise<readonly Claim[]>;
  /** Ends a hold or a wait, or does nothing. */
  free(claim: Claim): Promise<void>;
  /** Raises the tokens of slots to this one. */
  raise(claims: readonly Claim[], token: bigint): Promise<void>;
  /** What was asked has not been answered for a lease. */
  giveUp?(): void;
  /** Whether asking again cannot help. */
  isFinal(error: unknown): boolean;
  /** Closes what it has opened itself. */
  close(): Promise<void>;
}

/** A try to hold a slot, from its first request to the end of its hold. */
export class Claim extends Grant {
  readonly slot: string;
  /** Differs from that of every other claim of the same {@linkcode Leases}. */
  readonly id: number;
  /** Whether it waits if the slot is held. */
  readonly waits: boolean;
  /** When the request was sent that the hold rests on. */
  since: Instant = now();
  /** Why it was not renewed the last time. */
  trouble: unknown = undefined;
  /** Set when the slot is granted. */
  override token = 0n;
  /** Whether it has ended, or was given up. */
  over = false;
  /** Ends the present pause between two looks. */
  ring: (() => void) | undefined = undefined;
  /** Ends the wait for the server's answer. Set for as long as it lasts. */
  stop: ((reason: unknown) => void) | undefined = undefined;
  readonly #leases: Leases;

  constructor(leases: Leases, slot: string, id: number, waits: boolean) {
    super();
    this.#leases = leases;
    this.slot = slot;
    this.id = id;
    this.waits = waits;
  }

  override check(): void {
    this.#leases.check(this);
  }

  free(): Promise<void> {
    return this.#leases.free(this);
  }
}

/**
 * The holds and waits of one object at one server.
 *
 * The server counts a lease from the moment a request arrives, the holder from
 * the moment before it was sent, and the holder gives up a little earlier
 * still, as timers come late: it always knows first.
 */
export class Leases implements Engine {
  readonly name: string;
  readonly #protocol: Protocol;
  readonly #lease: number;
  readonly #valid: number;
  /** From the first request of each to the end of its last one. */
  readonly #live = new Set<Claim>();
  readonly #held = new Set<Claim>();
  readonly #waiting = new Map<string, Claim>();
  readonly #unfinished = new Set<Promise<void>>();
  #listening: Promise<void> | undefined = undefined;
  #claims = 0;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** When the holds were renewed last, and how long the next renewal waits. */
  #renewed: Instant = now();
  #pause: number;

  constructor(lease: number, connect: (leases: Leases) => Protocol) {
    this.#lease = lease;
    this.#valid = lease * 0.95;
    this.#pause = lease / 3;
    this.#protocol = connect(this);
    this.name = this.#protocol.name;
  }

  slotOf(key: string): string {
    return this.#protocol.slotOf(key);
  }

  async take(
    slot: string,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<Claim | undefined> {
    const claim = new Claim(this, slot, this.#claims++, wait);
    // Sent in the very tick of the abort, so before anybody who hears of it can
    // ask for the slot.
    const giveUp = () => {
      stop(claim, signal.reason);
      const freed = this.free(claim)
        .then(() => void this.#unfinished.delete(freed));
      this.#unfinished.add(freed);
    };
    signal.addEventListener("abort", giveUp);
    this.#live.add(claim);
    this.#timer ??= setTimeout(() => this.#tick(), this.#lease / 3);
    if (wait) this.#waiting.set(slot, claim);
    try {
      if (await this.#pursue(claim, signal)) return claim;
      this.#leave(claim);
    } catch (error) {
      if (!claim.over) giveUp();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
      // A call that came next may have begun to wait since.
      if (this.#waiting.get(slot) === claim) this.#waiting.delete(slot);
    }
  }

  /** Frees a slot; gives up when the lease has ended without that. */
  async free(claim: Claim): Promise<void> {
    claim.over = true;
    this.#held.delete(claim);
    for (;;) {
      try {
        await this.#answer(claim, this.#protocol.free(claim));
        break;
      } catch (error) {
        const left = this.#lease - elapsed(claim.since);
        if (left <= 0 || this.#protocol.isFinal(error)) break;
        await within(Math.min(left, this.#lease / 20));
      }
    }
    this.#leave(claim);
  }

  async raiseTokens(grants: readonly Grant[]): Promise<void> {
    const claims = grants as Claim[];
    const tokens = claims.map((claim) => claim.token);
    // deno-coverage-ignore
    const highest = tokens.reduce((a, b) => a > b ? a : b);
    await this.#answered(this.#protocol.raise(claims, highest));
  }

  async close(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
    const closing = this.#protocol.close().catch(() => LATE);
    if (await within(this.#lease, closing) === LATE) this.#protocol.giveUp?.();
  }

  // What is left out here needs a server: `deno task test:engines` covers it.

  /** Makes the waiters of a slot look again. Without a slot, all waiters do. */
  // deno-coverage-ignore-start
  ring(slot?: string): void {
    if (slot !== undefined) this.#waiting.get(slot)?.ring?.();
    else for (const claim of this.#waiting.values()) claim.ring?.();
  }
  // deno-coverage-ignore-stop

  /** All holds are lost. */
  loseAll(why: string, cause: unknown): void {
    for (const claim of [...this.#held]) this.#lose(claim, why, cause);
  }

  /** Ends a hold if its time is over, and says whether it goes on. */
  check(claim: Claim): boolean {
    if (!this.#held.has(claim)) return false;
    if (elapsed(claim.since) < this.#valid) return true;
    const why = `${this.name} has not confirmed it within its lease`;
    this.#lose(claim, why, claim.trouble);
    return false;
  }

  async #pursue(claim: Claim, signal: AbortSignal): Promise<boolean> {
    const wait = claim.waits;
    let answered = now();
    for (;;) {
      // Made before asking, so that no ring is missed.
      const rung = new Promise<void>((resolve) => claim.ring = resolve);
      try {
        const queue = wait && this.#protocol.listening;
        claim.since = now();
        const answer = await this.#asked(claim, queue);
        answered = now();
        signal.throwIfAborted();
        if ("token" in answer) {
          this.#hold(claim, answer.token);
          return true;
        }
        if (!wait) return false;
        if (queue) {
          await within(answer.lookAgain, rung, signal);
          answered = now(); // it has been asked nothing meanwhile
        } else {
          await this.#answered(this.#listen(claim.slot), signal);
          // It may have been freed before anything could be heard: look again.
        }
      } catch (error) {
        // The server, or the client's connection to it, may be on its way back.
        if (
          !wait || signal.aborted || elapsed(answered) >= this.#lease ||
          this.#protocol.isFinal(error)
        ) throw error;
        await within(this.#lease / 20, rung, signal);
      }
    }
  }

  /** Waits for several slots share one listening connection. */
  #listen(slot: string): Promise<void> {
    return this.#listening ??= this.#protocol.listen(slot)
      .finally(() => this.#listening = undefined);
  }

  async #asked(claim: Claim, queue: boolean): Promise<Answer> {
    const asked = this.#protocol.take(claim, queue);
    try {
      return await this.#answer(claim, asked);
    } catch (error) {
      // A client may keep requests while it is offline, and send this one after
      // the one that frees.
      asked.then((answer) => {
        if ("token" in answer && claim.over) return this.#protocol.free(claim);
      }).catch(() => {});
      throw error;
    }
  }

  /** What the server answers, unless the claim is stopped before that. */
  #answer<T>(claim: Claim, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      claim.stop = reject;
      const end = () => {
        if (claim.stop === reject) claim.stop = undefined;
      };
      answer.then((value) => {
        end();
        resolve(value);
      }, (error) => {
        end();
        reject(error);
      });
    });
  }

  /** A server that does not answer within a lease counts as gone. */
  async #answered<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
    const outcome = await within(this.#lease, answer, signal);
    if (outcome === LATE) throw this.#gone();
    return outcome as T;
  }

  #gone(): Error {
    this.#protocol.giveUp?.();
    return new Error(`no answer for ${this.#lease} ms`);
  }

  #hold(claim: Claim, token: bigint): void {
    if (elapsed(claim.since) >= this.#valid) {
      throw new Error(`the answer took as long as the lease`);
    }
    claim.token = token;
    if (this.#held.size === 0) this.#renewed = claim.since;
    this.#held.add(claim);
  }

  #lose(claim: Claim, why: string, cause: unknown): void {
    this.#held.delete(claim);
    claim.lose(why, cause);
  }

  #leave(claim: Claim): void {
    this.#live.delete(claim);
    if (this.#live.size === 0) this.#setTimer(undefined);
  }

  /**
   * Looks after all claims: ends what has taken too long, and renews the holds.
   * While there are claims, it runs three times in a lease at least, so that no
   * claim needs a timer of its own.
   */
  #tick(): void {
    let next = this.#lease / 3;
    for (const claim of this.#live) next = Math.min(next, this.#look(claim));
    if (this.#held.size > 0) {
      if (elapsed(this.#renewed) >= this.#pause) this.#renew();
      next = Math.min(next, this.#pause - elapsed(this.#renewed));
    }
    this.#setTimer(this.#live.size > 0 ? next : undefined);
  }

  #setTimer(ms: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = ms === undefined
      ? undefined
      : setTimeout(() => this.#tick(), Math.max(0, ms));
  }

  /** Ends what has taken too long; returns when to look at the claim again. */
  #look(claim: Claim): number {
    if (this.check(claim)) return this.#valid - elapsed(claim.since);
    if (claim.stop === undefined) return Infinity; // it waits for no answer
    const left = this.#lease - elapsed(claim.since);
    if (left > 0) return left;
    stop(claim, claim.over ? undefined : this.#gone());
    return Infinity;
  }

  #renew(): void {
    this.#renewed = now();
    this.#pause = this.#lease / 3;
    for (const claims of this.#protocol.groups([...this.#held])) {
      this.#renewGroup(claims);
    }
  }

  async #renewGroup(claims: readonly Claim[]): Promise<void> {
    const sent = now();
    try {
      const gone = await this.#answered(this.#protocol.renew(claims));
      for (const claim of claims) {
        if (!this.check(claim)) continue;
        claim.since = sent;
        claim.trouble = undefined;
      }
      for (const claim of gone) {
        if (!this.#held.has(claim)) continue;
        this.#lose(
          claim,
          `${this.name} does not know of it any more`,
          undefined,
        );
      }
    } catch (error) {
      for (const claim of claims) claim.trouble = error;
      if (this.#pause < this.#lease / 3) return; // somebody has seen to it
      this.#pause = this.#lease / 12;
      this.#tick();
    }
  }
}

function stop(claim: Claim, reason: unknown): void {
  const { stop } = claim;
  claim.stop = undefined;
  stop?.(reason);
}

/** What {@linkcode within} gives when the time is over. */
const LATE = Symbol("late");

/** Waits this many milliseconds for a promise. Rejects when aborted. */
function within<T>(
  ms: number,
  promise?: Promise<T>,
  signal?: AbortSignal,
): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const abort = () => {
      end();
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      end();
      resolve(LATE);
    }, Math.max(0, ms));
    signal?.addEventListener("abort", abort);
    promise?.then(
      (value) => {
        end();
        resolve(value);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}

/** Reads the options of the classes that stand on leases. */
export function readLeaseOptions(
  options: unknown,
  type: string,
  more: readonly string[] = [],
): { prefix: string; lease: number; more: Record<string, unknown> } {
  const failure = () => `Cannot create ${type}`;
  const read = options === undefined
    ? {}
    : readOptions(options, failure, ["prefix", "lease", ...more]);
  const { prefix = "holdfast:", lease = 10_000 } = read;
  if (typeof prefix !== "string") {
    throw wrongType(failure, "prefix", "a string", prefix);
  }
  if (typeof lease !== "number") {
    throw wrongType(failure, "lease", "a number of milliseconds", lease);
  }
  if (!Number.isInteger(lease) || lease < 1 || lease > 2 ** 31 - 1) {
    const expected = "a whole number of milliseconds from 1 to 2^31 - 1";
    throw outOfRange(failure, "lease", expected, lease);
  }
  return { prefix, lease, more: read };
}
