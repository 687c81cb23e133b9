/**
 * Holdfast as a candidate.
 *
 * @module
 */

import {
  Condition,
  Gate,
  KeyedLock,
  Lock,
  once,
  RwLock,
  Semaphore,
} from "../../mod.ts";
import type { Candidate, Ways } from "./types.ts";

/** The name of the candidate that all others are compared with. */
export const HOLDFAST = "Holdfast";

const lock: Ways = {
  make: "new Lock()",
  acquire: "lock.acquire()",
  guard: "guard.release()",
  release: "lock.release()",
  disposable: true,
  tryAcquire: "lock.tryAcquire()",
  run: "lock.run(fn)",
  signal: "lock.acquire({ signal })",
  timeout: "lock.acquire({ timeout: 1 })",
};

export const holdfast: Candidate = {
  name: HOLDFAST,
  uses: { Lock, KeyedLock, once, Semaphore, RwLock, Gate, Condition },
  lock,
  keyed: {
    make: "new KeyedLock()",
    acquire: "lock.acquire(key)",
    guard: "guard.release()",
  },
  once: { make: "once(fn)", acquire: "lock()" },
  semaphore: {
    make: "new Semaphore(permits)",
    acquire: "lock.acquire()",
    guard: "guard.release()",
  },
  rwLock: {
    make: "new RwLock()",
    read: { acquire: "lock.read.acquire()", guard: "guard.release()" },
    write: { acquire: "lock.write.acquire()", guard: "guard.release()" },
  },
  gate: {
    make: "new Gate()",
    wait: "lock.wait()",
    open: "lock.open()",
    close: "lock.close()",
  },
  condition: {
    make: "new Condition()",
    acquire: "lock.lock.acquire()",
    guard: "guard.release()",
    wait: "lock.wait(guard)",
    open: "lock.notifyAll()",
  },
};
