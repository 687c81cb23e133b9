/**
 * The locks that the suite runs over.
 *
 * @module
 */

import {
  Condition,
  KeyedLock,
  Lock,
  type LockGuard,
  RwLock,
  type RwLockSide,
  Semaphore,
} from "../../mod.ts";
import { PromiseChain } from "./promise_chain.ts";
import type { Hold, Limits, LockLike, Subject } from "./subject.ts";

/** What Deno, Node and Bun ask an object for when they print it. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

function printed(lock: object): string {
  return (lock as Record<symbol, () => string>)[INSPECT]!();
}

/** What `using` does. Undefined if the engine does not know its symbol. */
function asBlock(acquire: () => Promise<LockGuard>): LockLike["block"] {
  if (Symbol.dispose === undefined) return undefined;
  return async (inside) => {
    const hold = await acquire();
    try {
      return await inside();
    } finally {
      hold[Symbol.dispose]();
    }
  };
}

function ofLock(): LockLike {
  const lock = new Lock({ name: "db" });
  return Object.assign(lock, {
    block: asBlock(() => lock.acquire()),
    print: () => printed(lock),
  });
}

/**
 * The lock of a condition, for which many guards wait. To acquire is to have one
 * of them come back; only a call with limits takes a guard of its own.
 */
function ofCondition(): LockLike {
  const lock = new Lock();
  const condition = new Condition(lock);
  const waiting = Array.from({ length: 60 }, () => {
    const guard = lock.tryAcquire()!;
    const controller = new AbortController();
    const wait = condition.wait(guard, { signal: controller.signal });
    return { guard, controller, wait: wait.catch(() => {}) };
  });
  const acquire = async (limits?: Limits) => {
    const next = limits === undefined ? waiting.pop() : undefined;
    if (next === undefined) return await lock.acquire(limits);
    next.controller.abort();
    await next.wait;
    return next.guard;
  };
  return {
    get locked() {
      return lock.locked;
    },
    get waiting() {
      return lock.waiting;
    },
    acquire,
    run: (fn, limits) => lock.run(fn, limits),
    release: () => lock.release(),
    tryAcquire: () => lock.tryAcquire(),
    block: asBlock(acquire),
    print: () => printed(lock),
  };
}

function ofKey(): LockLike {
  const lock = new KeyedLock();
  return {
    get locked() {
      return lock.isLocked("a");
    },
    get waiting() {
      return lock.waiting("a");
    },
    acquire: (limits) => lock.acquire("a", limits),
    run: (fn, limits) => lock.run("a", fn, limits),
    release: () => lock.release("a"),
    cancel: (reason) => lock.cancel("a", reason),
    tryAcquire: () => lock.tryAcquire("a"),
    block: asBlock(() => lock.acquire("a")),
    print: () => printed(lock),
  };
}

/** Requests for two keys, in alternating order. */
function ofTwoKeys(): LockLike {
  const lock = new KeyedLock();
  let keys = ["a", "b"];
  const turned = () => keys = [...keys].reverse();
  return {
    get locked() {
      return lock.isLocked("a") && lock.isLocked("b");
    },
    get waiting() {
      return lock.waiting("a");
    },
    acquire: (limits) => lock.acquireAll(turned(), limits),
    run: (fn, limits) => lock.runAll(turned(), fn, limits),
    release() {
      lock.release("a");
      lock.release("b");
    },
    cancel: (reason) => lock.cancel("a", reason),
    tryAcquire: () => lock.tryAcquireAll(turned()),
    block: asBlock(() => lock.acquireAll(turned())),
    print: () => printed(lock),
  };
}

/** A hold is a function that runs until the hold is released. */
function ofRun(): LockLike {
  const lock = new Lock();
  return {
    get locked() {
      return lock.locked;
    },
    get waiting() {
      return lock.waiting;
    },
    acquire: (limits) =>
      new Promise<Hold>((resolve, reject) => {
        lock.run(
          () => new Promise<void>((release) => resolve({ release })),
          limits,
        ).catch(reject);
      }),
    run: (fn, limits) => lock.run(fn, limits),
    block: (inside) => lock.run(inside),
    release: () => lock.release(),
    cancel: (reason) => lock.cancel(reason),
  };
}

/** Cases for locks that can be freed without a guard. */
const RELEASE_BY_HAND = [
  "release() ends a hold that nobody has seen yet",
  "release() throws if nobody holds the lock",
  "a run() whose lock is freed meanwhile does not end the next hold",
];

/** What only guards release: the present hold is that of the first guard. */
function ofGuards(lock: {
  readonly locked: () => boolean;
  readonly waiting: () => number;
  readonly acquire: (limits?: Limits) => Promise<LockGuard>;
  readonly tryAcquire: () => LockGuard | undefined;
  readonly run: LockLike["run"];
  readonly cancel: (reason?: unknown) => void;
  readonly printed: object;
}): LockLike {
  const guards: LockGuard[] = [];
  const acquire = async (limits?: Limits) => {
    const guard = await lock.acquire(limits);
    guards.push(guard);
    return guard;
  };
  return {
    get locked() {
      return lock.locked();
    },
    get waiting() {
      return lock.waiting();
    },
    acquire,
    run: lock.run,
    release: () => guards.find(({ held }) => held)!.release(),
    cancel: lock.cancel,
    tryAcquire: lock.tryAcquire,
    block: asBlock(acquire),
    print: () => printed(lock.printed),
  };
}

function ofSemaphore(): LockLike {
  const semaphore = new Semaphore(1, { name: "db" });
  return ofGuards({
    locked: () => semaphore.available === 0,
    waiting: () => semaphore.waiting,
    acquire: (limits) => semaphore.acquire(limits),
    tryAcquire: () => semaphore.tryAcquire(),
    run: (fn, limits) => semaphore.run(fn, limits),
    cancel: (reason) => semaphore.cancel(reason),
    printed: semaphore,
  });
}

/** @param sideOf The side that each call is for. */
function ofRwLock(sideOf: (lock: RwLock) => RwLockSide): LockLike {
  const lock = new RwLock({ name: "config" });
  return ofGuards({
    locked: () => lock.read.locked || lock.write.locked,
    waiting: () => lock.read.waiting + lock.write.waiting,
    acquire: (limits) => sideOf(lock).acquire(limits),
    tryAcquire: () => sideOf(lock).tryAcquire(),
    run: (fn, limits) => sideOf(lock).run(fn, limits),
    cancel: (reason) => lock.cancel(reason),
    printed: lock,
  });
}

/** The sides in turn, so that no two calls in a row let each other in. */
function ofBothSides(): LockLike {
  let calls = 0;
  return ofRwLock((lock) => calls++ % 2 === 0 ? lock.read : lock.write);
}

export const subjects: readonly Subject[] = [
  { name: "Lock", create: ofLock },
  { name: "the lock of a Condition", create: ofCondition },
  { name: "one key of a KeyedLock", create: ofKey },
  { name: "acquireAll() of two keys", create: ofTwoKeys },
  { name: "Lock.run()", create: ofRun },
  { name: "Semaphore(1)", create: ofSemaphore, skips: RELEASE_BY_HAND },
  {
    name: "the write side of a RwLock",
    create: () => ofRwLock(({ write }) => write),
    skips: RELEASE_BY_HAND,
  },
  {
    name: "the sides of a RwLock in turn",
    create: ofBothSides,
    skips: [
      ...RELEASE_BY_HAND,
      // If the writer between two readers leaves, both are let in.
      "abort of the first of three waiters leaves the others in order",
      "those behind a wait that takes too long move up",
      "each wait that takes too long has its own error and stack",
    ],
  },
  {
    name: "a promise chain",
    create: () => new PromiseChain(),
    fails: [
      "abort of the first of three waiters leaves the others in order",
      "abort of the middle of three waiters leaves the others in order",
      "abort of the last of three waiters leaves the others in order",
      "abort of the only waiter leaves nothing behind",
      "abort, then release() in the same tick: the next one has the lock",
      "an aborted signal takes nothing, even if the lock is free",
      "a wait that has ended leaves no listener",
      "a wait that takes too long leaves nothing behind",
      "those behind a wait that takes too long move up",
      "timeout 0 takes a free lock and does not wait for another",
      "each wait that takes too long has its own error and stack",
      "a wait that has ended leaves no timer",
      "release() ends a hold that nobody has seen yet",
      "release() throws if nobody holds the lock",
      "a second release() of a hold does not end the next one",
      "a stale hold does not end the next one",
      "a run() whose lock is freed meanwhile does not end the next hold",
      "run() starts its function at once, or else when its turn comes",
      "run() does not call its function if the wait is aborted",
    ],
  },
];
