/**
 * The locks that the suite runs over.
 *
 * @module
 */

import { KeyedLock, Lock, type LockGuard } from "../../mod.ts";
import { PromiseChain } from "./promise_chain.ts";
import type { Hold, LockLike, Subject } from "./subject.ts";

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

export const subjects: readonly Subject[] = [
  { name: "Lock", create: ofLock },
  { name: "one key of a KeyedLock", create: ofKey },
  { name: "acquireAll() of two keys", create: ofTwoKeys },
  { name: "Lock.run()", create: ofRun },
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
