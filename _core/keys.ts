/**
 * Private: the keys of a `KeyedLock` that are locked now, and the calls that
 * wait for several of them.
 *
 * @module
 */

import { endHold, guardOf, holdEnded, isHeld } from "./guard.ts";
import type { Holdable, LockGuard } from "./guard.ts";
import { KeyTable } from "./key_table.ts";
import { type About, about } from "./observer.ts";
import type { Limits } from "./options.ts";
import { isQuiet, noteNotStarted, releaseByHand } from "./release_by_hand.ts";
import {
  admit,
  onEmpty,
  type QueueEntry,
  type Resource,
  state,
  WaitQueue,
} from "./wait_queue.ts";
import { wait, type Waiter, type WaitingRoom } from "./waiter.ts";

/** The locked keys of a `KeyedLock`, and its name. */
export class LockedKeys<K> extends KeyTable<K, LockedKey<K>> {
  readonly name: string | undefined;

  constructor(name: string | undefined) {
    super();
    this.name = name;
  }
}

/** What waits for a key: a call for only that key, or its part of a request. */
type Request<K> = 1 | RequestPart<K>;

/**
 * A key that is locked: held, or reserved for the request for several keys that
 * is first in its queue. It is in the table for just that long.
 */
export class LockedKey<K> implements Holdable, Resource<LockGuard, Request<K>> {
  readonly #table: LockedKeys<K>;
  #key: K | typeof FORGOTTEN;
  // Odd while somebody holds the key, as in Lock.
  #generation = 0;
  // Made when somebody first has to wait, as in Lock.
  #queue: WaitQueue<LockGuard, Request<K>> | undefined = undefined;

  /** Locks a key that is not in the table. */
  constructor(table: LockedKeys<K>, key: K) {
    this.#table = table;
    this.#key = key;
    table.add(key, this);
  }

  get isHeld(): boolean {
    return (this.#generation & 1) === 1;
  }

  get queue(): WaitQueue<LockGuard, Request<K>> {
    return this.#queue ??= new WaitQueue(this);
  }

  get waiting(): number {
    return this.#queue?.length ?? 0;
  }

  /** Starts a hold and returns its id. The key must not be held. */
  take(): number {
    return ++this.#generation;
  }

  /** Ends the present hold by hand. */
  release(failure: () => string): void {
    const queue = this.#queue;
    if (queue === undefined || isQuiet(queue)) {
      this.#end(undefined);
      return;
    }
    const id = this.#generation;
    releaseByHand(queue, id, failure, () => this[endHold](id, undefined));
  }

  /** Takes the key for the first in its queue. */
  [admit](request: Request<K>): LockGuard | undefined {
    if (this.isHeld) return undefined;
    if (request === 1) return guardOf(this, this.take());
    request.comeFirst(); // its request is granted when all its parts are first
    return undefined;
  }

  [onEmpty](): void {
    if (!this.isHeld && this.waiting === 0) this.#forget();
  }

  [about](): About & { key: unknown } {
    const { name } = this.#table;
    return { primitive: "KeyedLock", name, key: this.#key };
  }

  get [state](): string {
    return "still held";
  }

  [isHeld](id: number): boolean {
    return this.#generation === id;
  }

  [endHold](id: number, guard: LockGuard | undefined): void {
    if (this.#generation === id) this.#end(guard);
  }

  #end(guard: LockGuard | undefined): void {
    holdEnded(this, this.#generation++, guard);
    if (this.#queue !== undefined && this.#queue.length > 0) {
      this.#queue.grant();
    } else this.#forget();
  }

  /** Lets go of the key too, since a stale guard may live on. */
  #forget(): void {
    this.#table.delete(this.#key as K); // nobody has the key FORGOTTEN
    this.#key = FORGOTTEN;
  }
}

const FORGOTTEN = Symbol("forgotten");

/**
 * A call for several keys: its wait, and later what its guard holds.
 *
 * It has a {@linkcode RequestPart} in the queue of each key. A part that comes
 * first stays there, which reserves the key, until all parts have come first.
 */
export class MultiKeyRequest<K> implements Holdable, WaitingRoom<LockGuard, 1> {
  readonly #table: LockedKeys<K>;
  readonly #keys: Set<K>;
  // While it waits, and while it holds.
  #parts: RequestPart<K>[] = [];
  // Parts that have not come first yet.
  #missing = 0;
  // Set exactly while it waits.
  #waiter: Waiter<LockGuard, 1> | undefined = undefined;

  constructor(table: LockedKeys<K>, keys: Set<K>) {
    this.#table = table;
    this.#keys = keys;
  }

  /** Takes the keys, all of which have to be free. */
  take(): LockGuard {
    this.#makeParts();
    return this.#hold();
  }

  /** Joins the queues of all keys, of which at least one has to be locked. */
  wait(limits: Limits | undefined): Promise<LockGuard> {
    const granted = wait(this, 1, limits);
    for (const { key } of this.#parts) key.queue.grant(); // reserves free ones
    return granted;
  }

  get resource(): this {
    return this;
  }

  /** A call that waits for two of the keys counts twice. */
  get state(): string {
    let waiting = 0;
    for (const key of this.#keys) waiting += this.#table.get(key)?.waiting ?? 0;
    return `still held, ${waiting} waiting`;
  }

  join(waiter: Waiter<LockGuard, 1>): void {
    this.#makeParts();
    this.#waiter = waiter;
    for (const part of this.#parts) part.join();
  }

  leave(): void {
    for (const part of this.#parts) part.leave();
  }

  gaveUp(): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#waiter = undefined;
    for (const { key } of parts) key.queue.grant();
  }

  /** The wait, if it has not ended. */
  get waiter(): Waiter<LockGuard, 1> | undefined {
    return this.#waiter;
  }

  /** Ends the wait without the keys. */
  reject(settle: (waiter: Waiter<LockGuard, 1>) => void): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    this.leave();
    settle(waiter);
    this.gaveUp();
  }

  /** One more part has come first. The last one brings the grant. */
  partCameFirst(): void {
    this.#missing--;
    if (this.#missing > 0) return;
    const waiter = this.#waiter!;
    this.#waiter = undefined;
    const guard = this.#hold();
    // A release by hand of one key lets it into all of them.
    if (this.#parts.some(({ key, id }) => key.queue.notStarted?.id === id)) {
      for (const { key, id } of this.#parts) {
        noteNotStarted(key.queue, id, waiter.isTimed);
      }
    }
    waiter.grant(guard);
  }

  [about](): About {
    const parts = this.#parts.map((part) => part.key);
    const key = parts.map((part) => part[about]().key);
    return { primitive: "KeyedLock", name: this.#table.name, key, parts };
  }

  [isHeld](): boolean {
    return this.#parts.every(({ key, id }) => key[isHeld](id));
  }

  [endHold](id: number, guard: LockGuard | undefined): void {
    holdEnded(this, id, guard);
    const parts = this.#parts;
    this.#parts = []; // a stale guard may live on, the keys should not
    for (const { key, id } of parts) key[endHold](id, guard);
  }

  #makeParts(): void {
    try {
      for (const key of this.#keys) {
        const locked = this.#table.get(key) ?? new LockedKey(this.#table, key);
        this.#parts.push(new RequestPart(this, locked));
      }
    } catch (error) { // the table is full
      for (const { key } of this.#parts) key[onEmpty]();
      throw error;
    }
    this.#missing = this.#parts.length;
  }

  #hold(): LockGuard {
    this.#keys.clear(); // a stale guard may live on, the keys should not
    for (const part of this.#parts) {
      part.leave();
      part.id = part.key.take();
    }
    return guardOf(this, 1);
  }
}

/** The entry of a request for several keys in the queue of one of them. */
class RequestPart<K> implements QueueEntry<LockGuard, Request<K>> {
  slot = 0;
  readonly key: LockedKey<K>;
  /** The hold of the key, once all keys are held. */
  id = 0;
  readonly #request: MultiKeyRequest<K>;
  #isQueued = false;
  // Whether it has come first, which reserves the key.
  #isFirst = false;

  constructor(request: MultiKeyRequest<K>, key: LockedKey<K>) {
    this.#request = request;
    this.key = key;
  }

  get request(): this {
    return this;
  }

  get isAborted(): boolean {
    return this.#request.waiter?.isAborted ?? false;
  }

  /** The request makes a note of its own when it is granted. */
  get isTimed(): boolean {
    return false;
  }

  join(): void {
    this.#isQueued = true;
    this.key.queue.push(this);
  }

  leave(): void {
    if (this.#isQueued) this.key.queue.remove(this);
    this.#isQueued = false;
  }

  comeFirst(): void {
    if (this.#isFirst) return;
    this.#isFirst = true;
    this.#request.partCameFirst();
  }

  abort(): void {
    this.#request.waiter?.abort();
  }

  takenOut(): void {
    this.#isQueued = false;
  }

  /** Never called: the key is granted together with the others. */
  // deno-coverage-ignore
  grant(): void {}

  reject(reason: unknown): void {
    this.#request.reject((waiter) => waiter.reject(reason));
  }

  rejectAborted(): void {
    this.#request.reject((waiter) => waiter.rejectAborted());
  }
}
