/**
 * Takes ten million random steps, or as many as the argument says, each checked
 * against the reference. The locks are the same from beginning to end, and
 * memory has to stay flat: it is printed after each million.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { KeyedLock, Lock } from "../mod.ts";
import {
  CheckedLock,
  keyedLocks,
  type Locks,
  singleLock,
} from "../tests/model/checked_lock.ts";
import { FakeTimers } from "../tests/model/fake_timers.ts";
import { lockSteps, randomPrograms } from "../tests/model/random_programs.ts";

const MILLION = 1_000_000;
/** How much more the heap may hold at the end than after the first million. */
const SLACK = 0.05;

const total = Number(Deno.args[0] ?? 10 * MILLION);
const count = { programs: 0, steps: 0 };
let started = 0;
using timers = new FakeTimers();

const properties = [
  property(["a"], () => singleLock(new Lock(), "a")),
  property([..."abcde"], () => keyedLocks(new KeyedLock())),
  property(
    [..."abcdefghijklmnopqrstuvwxyz"],
    () => keyedLocks(new KeyedLock()),
  ),
];
const heaps: number[] = [];
while (heaps.length * MILLION < total) {
  for (const property of properties) await fc.assert(property);
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

function property(keys: readonly string[], create: () => Locks) {
  let lock = create();
  return randomPrograms(
    (signals) => {
      // A program that failed leaves a lock with which no shorter one passes.
      if (started > count.programs) lock = create();
      started = count.programs + 1;
      return new CheckedLock(lock, keys, signals, timers);
    },
    lockSteps(keys),
    count,
  );
}

function heapUsed(): number {
  (globalThis as unknown as { gc: () => void }).gc();
  return Deno.memoryUsage().heapUsed;
}
