/**
 * Takes ten million random steps, or as many as the argument says, each checked
 * against the reference. The locks are the same from beginning to end, and
 * memory has to stay flat: it is printed after each million.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import {
  Barrier,
  Condition,
  Gate,
  KeyedLock,
  Lock,
  RwLock,
  Semaphore,
} from "../mod.ts";
import { CheckedBarrier } from "../tests/model/checked_barrier.ts";
import { CheckedCondition } from "../tests/model/checked_condition.ts";
import { CheckedGate } from "../tests/model/checked_gate.ts";
import {
  CheckedLock,
  keyedLocks,
  type Locks,
  singleLock,
} from "../tests/model/checked_lock.ts";
import { CheckedRwLock } from "../tests/model/checked_rw_lock.ts";
import { CheckedSemaphore } from "../tests/model/checked_semaphore.ts";
import type { CheckedSignal } from "../tests/model/checked_signal.ts";
import { FakeTimers } from "../tests/model/fake_timers.ts";
import { randomPrograms } from "../tests/model/random_programs.ts";
import {
  lockSteps,
  rwLockSteps,
  semaphoreSteps,
} from "../tests/model/random_queues.ts";
import {
  barrierSteps,
  conditionSteps,
  gateSteps,
} from "../tests/model/random_waits.ts";
import type { Attempt, Step, Subject } from "../tests/model/tasks.ts";

const MILLION = 1_000_000;
/** How much more the heap may hold at the end than after the first million. */
const SLACK = 0.05;

const total = Number(Deno.args[0] ?? 10 * MILLION);
const count = { programs: 0, steps: 0 };
let started = 0;
using timers = new FakeTimers();

const runs = [
  ofLock(["a"], () => singleLock(new Lock(), "a")),
  ofLock([..."abcde"], () => keyedLocks(new KeyedLock())),
  ofLock(
    [..."abcdefghijklmnopqrstuvwxyz"],
    () => keyedLocks(new KeyedLock()),
  ),
  keeping(
    () => new Semaphore(3),
    (semaphore, signals) => new CheckedSemaphore(semaphore, signals, timers),
    semaphoreSteps(3),
  ),
  keeping(
    () => new RwLock(),
    (lock, signals) => new CheckedRwLock(lock, signals, timers),
    rwLockSteps(),
  ),
  keeping(
    () => new Gate(),
    (gate, signals) => new CheckedGate(signals, timers, gate),
    gateSteps(),
  ),
  keeping(
    () => new Barrier(3),
    (barrier, signals) => new CheckedBarrier(barrier, signals, timers),
    barrierSteps(),
  ),
  keeping(
    () => {
      const lock = new Lock();
      return [new Condition(lock), new Condition(lock)];
    },
    (conditions, signals) => new CheckedCondition(conditions, signals, timers),
    conditionSteps(),
  ),
];
const heaps: number[] = [];
while (heaps.length * MILLION < total) {
  for (const run of runs) await run();
  if (count.steps < (heaps.length + 1) * MILLION) continue;
  heaps.push(heapUsed());
  console.log(
    `${heaps.length} million steps, ${count.programs} programs: ` +
      `${(heaps.at(-1)! / MILLION).toFixed(2)} MB`,
  );
}
const growth = heaps.at(-1)! / heaps[0]! - 1;
console.log(`Growth since the first million: ${(growth * 100).toFixed(1)} %`);
if (growth > SLACK) throw new Error("Memory is not flat");

function ofLock(keys: readonly string[], create: () => Locks) {
  return keeping(
    create,
    (lock, signals) => new CheckedLock(lock, keys, signals, timers),
    lockSteps(keys),
  );
}

/** Runs random programs that all use the same thing. */
function keeping<T, S extends Subject, A extends Attempt>(
  create: () => T,
  check: (kept: T, signals: readonly CheckedSignal[]) => S,
  step: fc.Arbitrary<Step<S, A>>,
): () => Promise<void> {
  let kept = create();
  const property = randomPrograms(
    (signals) => {
      // A program that failed leaves a thing with which no shorter one passes.
      if (started > count.programs) kept = create();
      started = count.programs + 1;
      return check(kept, signals);
    },
    step,
    count,
  );
  return () => fc.assert(property);
}

function heapUsed(): number {
  (globalThis as unknown as { gc: () => void }).gc();
  return Deno.memoryUsage().heapUsed;
}
