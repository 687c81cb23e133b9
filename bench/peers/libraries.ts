/**
 * The other libraries. Each is a few pieces of code, which the workloads put
 * together. What a library can't do is left out.
 *
 * @module
 */

import { AsyncManualResetEvent } from "npm:@esfx/async-manualresetevent@1.0.0";
import { AsyncMutex } from "npm:@esfx/async-mutex@1.0.0";
import { AsyncReaderWriterLock } from "npm:@esfx/async-readerwriterlock@1.0.0-pre.8";
import { AsyncSemaphore } from "npm:@esfx/async-semaphore@1.0.0";
import { CancelToken } from "npm:@esfx/canceltoken@1.0.0";
import AsyncLock from "npm:async-lock@1.5.0";
import { Mutex, Semaphore, withTimeout } from "npm:async-mutex@0.5.0";
import { Sema } from "npm:async-sema@3.1.1";
import AwaitLock from "npm:await-lock@3.0.0";
import { Effect, Semaphore as EffectSemaphore } from "npm:effect@4.1.0";
import { once as esToolkitOnce } from "npm:es-toolkit@1.53.2/function";
import {
  Mutex as EsToolkitMutex,
  Semaphore as EsToolkitSemaphore,
} from "npm:es-toolkit@1.53.2/promise";
import mutexify from "npm:mutexify@1.4.0/promise.js";
import pLimit from "npm:p-limit@7.3.3";
import type { Candidate } from "./types.ts";

// Bun has none.
const locks = Reflect.get(navigator, "locks");

export const libraries: readonly Candidate[] = [
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
    semaphore: {
      make: "new Sema(permits)",
      acquire: "lock.acquire()",
      release: "lock.release()",
    },
  },
  {
    name: "es-toolkit",
    uses: {
      Mutex: EsToolkitMutex,
      Semaphore: EsToolkitSemaphore,
      once: esToolkitOnce,
    },
    lock: {
      make: "new Mutex()",
      acquire: "lock.acquire()",
      release: "lock.release()",
    },
    once: { make: "once(fn)", acquire: "lock()" },
    semaphore: {
      make: "new Semaphore(permits)",
      acquire: "lock.acquire()",
      release: "lock.release()",
    },
  },
  {
    name: "mutexify",
    uses: { mutexify },
    lock: { make: "mutexify()", acquire: "lock()", guard: "guard()" },
  },
  {
    name: "@esfx",
    uses: {
      AsyncMutex,
      AsyncSemaphore,
      AsyncReaderWriterLock,
      AsyncManualResetEvent,
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
    semaphore: {
      make: "new AsyncSemaphore(permits)",
      acquire: "lock.wait()",
      release: "lock.release()",
    },
    rwLock: {
      make: "new AsyncReaderWriterLock()",
      read: { acquire: "lock.read()", guard: "guard.unlock()" },
      write: { acquire: "lock.write()", guard: "guard.unlock()" },
    },
    gate: {
      make: "new AsyncManualResetEvent()",
      wait: "lock.wait()",
      open: "lock.set()",
      close: "lock.reset()",
    },
    // @esfx/async-conditionvariable loads only with a tool that builds native
    // code, which asks for the environment.
  },
  {
    name: "async-mutex",
    uses: { Mutex, Semaphore, withTimeout },
    lock: {
      make: "new Mutex()",
      acquire: "lock.acquire()",
      guard: "guard()",
      release: "lock.release()",
      run: "lock.runExclusive(fn)",
      timeout: "withTimeout(lock, 1).acquire()",
    },
    semaphore: {
      make: "new Semaphore(permits)",
      acquire: "lock.acquire()",
      guard: "guard[1]()",
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
    semaphore: { make: "pLimit(permits)", run: "lock(fn)" },
  },
  {
    name: "effect",
    uses: { Effect, Semaphore: EffectSemaphore },
    semaphore: {
      make: "Semaphore.makeUnsafe(permits)",
      run: "Effect.runPromise(lock.withPermit(Effect.promise(fn)))",
    },
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
