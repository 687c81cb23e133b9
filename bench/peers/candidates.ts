/**
 * The libraries that are compared, Holdfast first, and the floors: how fast the
 * same could be done by hand. Each is a few pieces of code, which the workloads
 * put together; what a candidate cannot do is left out.
 *
 * @module
 */

import { AsyncMutex } from "npm:@esfx/async-mutex@1.0.0";
import { CancelToken } from "npm:@esfx/canceltoken@1.0.0";
import AsyncLock from "npm:async-lock@1.5.0";
import { Mutex, withTimeout } from "npm:async-mutex@0.5.0";
import { Sema } from "npm:async-sema@3.1.1";
import AwaitLock from "npm:await-lock@3.0.0";
import { once as esToolkitOnce } from "npm:es-toolkit@1.53.2/function";
import { Mutex as EsToolkitMutex } from "npm:es-toolkit@1.53.2/promise";
import mutexify from "npm:mutexify@1.4.0/promise.js";
import pLimit from "npm:p-limit@7.3.3";
import { KeyedLock, Lock, once } from "../../mod.ts";
import { type Candidate, HOLDFAST, type Ways } from "./harness.ts";

// Bun has none.
const locks = Reflect.get(navigator, "locks");

/** The libraries. */
export const candidates: readonly Candidate[] = [
  {
    name: HOLDFAST,
    uses: { Lock, KeyedLock, once },
    lock: {
      make: "new Lock()",
      acquire: "lock.acquire()",
      guard: "guard.release()",
      release: "lock.release()",
      disposable: true,
      tryAcquire: "lock.tryAcquire()",
      run: "lock.run(fn)",
      signal: "lock.acquire({ signal })",
      timeout: "lock.acquire({ timeout: 1 })",
    },
    keyed: {
      make: "new KeyedLock()",
      acquire: "lock.acquire(key)",
      guard: "guard.release()",
    },
    once: { make: "once(fn)", acquire: "lock()" },
  },
  {
    name: "await-lock",
    uses: { AwaitLock },
    lock: {
      make: "new AwaitLock()",
      acquire: "lock.acquireAsync()",
      release: "lock.release()",
      tryAcquire: "lock.tryAcquire()",
      timeout: "lock.acquireAsync({ timeout: 1 })",
    },
  },
  {
    name: "async-sema",
    uses: { Sema },
    lock: {
      make: "new Sema(1)",
      acquire: "lock.acquire()",
      release: "lock.release()",
      tryAcquire: "lock.tryAcquire()",
    },
  },
  {
    name: "es-toolkit",
    uses: { Mutex: EsToolkitMutex, once: esToolkitOnce },
    lock: {
      make: "new Mutex()",
      acquire: "lock.acquire()",
      release: "lock.release()",
    },
    once: { make: "once(fn)", acquire: "lock()" },
  },
  {
    name: "mutexify",
    uses: { mutexify },
    lock: { make: "mutexify()", acquire: "lock()", guard: "guard()" },
  },
  {
    name: "@esfx/async-mutex",
    uses: {
      AsyncMutex,
      // It takes signals of its own kind.
      AbortController: class {
        readonly #source = CancelToken.source();
        readonly signal = this.#source.token;
        abort(): void {
          this.#source.cancel();
        }
      },
    },
    lock: {
      make: "new AsyncMutex()",
      acquire: "lock.lock()",
      guard: "guard.unlock()",
      release: "lock.unlock()",
      disposable: true,
      tryAcquire: "lock.tryLock()",
      signal: "lock.lock(signal)",
    },
  },
  {
    name: "async-mutex",
    uses: { Mutex, withTimeout },
    lock: {
      make: "new Mutex()",
      acquire: "lock.acquire()",
      guard: "guard()",
      release: "lock.release()",
      run: "lock.runExclusive(fn)",
      timeout: "withTimeout(lock, 1).acquire()",
    },
  },
  {
    name: "async-lock",
    uses: { AsyncLock },
    lock: {
      make: "new AsyncLock({ maxPending: Infinity })",
      run: 'lock.acquire("key", fn)',
      timeout: 'lock.acquire("key", fn, { timeout: 1 })',
    },
    cannot: [[/^timeout-10+000$/, "overflows the stack"]],
    keyed: {
      make: "new AsyncLock({ maxPending: Infinity })",
      run: "lock.acquire(key, fn)",
    },
  },
  {
    name: "p-limit",
    uses: { pLimit },
    lock: { make: "pLimit(1)", run: "lock(fn)" },
  },
  {
    name: "navigator.locks",
    uses: { locks },
    lock: {
      make: "crypto.randomUUID()",
      run: "locks.request(lock, fn)",
      signal: "locks.request(lock, { signal }, fn)",
    },
    keyed: { make: "undefined", run: "locks.request(key, fn)" },
    rest: 20,
    cannot: [
      ...(locks === undefined
        ? [[/^/, "is missing in this runtime"] as const]
        : []),
      [/^bytes/, "its memory is not on the heap"],
      [/^hot-100000$/, "takes minutes to hold so many"],
    ],
  },
];

/** What does the bare minimum by hand. */
function floor(name: string, ways: Ways, uses = {}): Candidate {
  return { name, uses, lock: ways, keyed: ways, once: ways };
}

export const AWAIT = floor("await resolvedPromise", {
  make: "Promise.resolve(true)",
  acquire: "lock",
  guard: "0",
  release: "0",
  tryAcquire: "await lock",
});

export const USING = floor("using await resolvedPromise", {
  make: "undefined",
  acquire: "Promise.resolve(new Resource())",
  disposable: true,
}, {
  Resource: class {
    [Symbol.dispose](): void {}
  },
});

export const WRAPPER = floor("async wrapper", {
  make: "async (fn) => { try { return await fn(); } finally {} }",
  run: "lock(fn)",
});

export const CHAIN = floor("promise chain", {
  make: "{ tail: Promise.resolve() }",
  section: (body) =>
    `const before = lock.tail;
    let release;
    lock.tail = new Promise((resolve) => { release = resolve; });
    await before;
    ${body}
    release();`,
});

export const THEN = floor("tail.then(fn)", {
  make: "{ tail: Promise.resolve() }",
  run: "(lock.tail = lock.tail.then(fn))",
});

export const LIST = floor("list of promises", {
  make: `(() => {
    const waiting = [];
    let locked = false;
    return async (fn) => {
      if (locked) await new Promise((resolve) => { waiting.push(resolve); });
      locked = true;
      try {
        return await fn();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else locked = false;
      }
    };
  })()`,
  run: "lock(fn)",
});

export const LISTENER = floor("controller, listener, promise", {
  make: "undefined",
  section: (body) => body,
  signal: `new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  })`,
});

export const TIMER = floor("timer, promise", {
  make: "undefined",
  section: (body) => body,
  timeout: "new Promise((resolve) => setTimeout(resolve, 1))",
});

export const FAILING_TIMER = floor("timer, promise, DOMException", {
  make: "undefined",
  section: (body) => body,
  timeout: `new Promise((_, reject) => {
    setTimeout(() => reject(new DOMException("Late", "TimeoutError")), 1);
  })`,
});

export const MAP = floor("Map, await", {
  make: "new Map()",
  acquire: "lock.get(key) ?? (lock.set(key, resolved), resolved)",
  release: "lock.delete(key)",
}, { resolved: Promise.resolve() });

export const MAP_OF_CHAINS = floor("Map, promise chain", {
  make: "new Map()",
  section: (body) =>
    `const before = lock.get(key);
    let release;
    const tail = new Promise((resolve) => { release = resolve; });
    lock.set(key, tail);
    await before;
    ${body}
    if (lock.get(key) === tail) lock.delete(key);
    release();`,
});

export const CACHED = floor("cached promise", {
  make: "Promise.resolve(1)",
  acquire: "lock",
});

export const RESOLVER = floor("promise, resolver", {
  make: "undefined",
  acquire: "new Promise((resolve) => { kept[i] = resolve; })",
});
