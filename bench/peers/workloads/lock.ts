/**
 * What locks do: one task that never waits, and tasks that contend.
 *
 * @module
 */

import * as floors from "../floors.ts";
import type { Workload } from "../types.ts";
import { spaced } from "../words.ts";
import {
  burst,
  byAnyMeans,
  byGuard,
  byHand,
  byRunning,
  byTrying,
  byUsing,
  comeAndGo,
  exclusion,
  repeat,
} from "./pieces.ts";

const NO_FUNCTIONS = "does not run functions";

const guarding = [
  {
    id: "guard",
    title: "`acquire()`, `guard.release()`",
    section: byGuard,
    floor: floors.AWAIT,
    lacking: "gives no guard",
  },
  {
    id: "hand",
    title: "`acquire()`, `lock.release()`",
    section: byHand,
    floor: floors.AWAIT,
    lacking: "has no `release()`",
  },
  {
    id: "using",
    title: "`using guard = await acquire()`",
    section: byUsing,
    floor: floors.USING,
    lacking: "gives nothing disposable",
  },
  {
    id: "try",
    title: "`tryAcquire()`, `release()`",
    section: byTrying,
    floor: floors.AWAIT,
    entered: 1,
    lacking: "has no `tryAcquire()`",
  },
].map(({ section, floor, entered = 10, ...rest }): Workload => ({
  ...rest,
  of: "lock",
  operations: 1,
  controls: [floor],
  code: (ways) => repeat(`const lock = ${ways.make};`, section(ways, "")),
  check: exclusion(section, { entered }),
}));

const running = [
  { id: "run-async", title: "`run(async () => {})`", fn: "async () => {}" },
  { id: "run-sync", title: "`run(() => {})`", fn: "() => {}" },
].map(({ fn, ...rest }): Workload => ({
  ...rest,
  of: "lock",
  operations: 1,
  controls: [floors.WRAPPER],
  code: ({ make, run }) =>
    repeat(`const lock = ${make}; const fn = ${fn};`, run && `await ${run};`),
  check: exclusion(byRunning),
  lacking: NO_FUNCTIONS,
}));

// V8 compiles the path without a wait better as long as nobody has ever waited.
// In the checks, tasks do wait. So they are left to the second time.
const checked = [...guarding, ...running];

/** One task, in a process in which nobody has waited yet. */
export const alone = checked.map(({ check: _, ...rest }): Workload => rest);

/** The same, after tasks have contended. */
export const aloneAgain = checked.map((workload): Workload => ({
  ...workload,
  id: `${workload.id}-again`,
  title: `${workload.title}, again`,
}));

const bursts = [10, 100, 1_000, 10_000, 100_000].map((tasks): Workload => ({
  id: `contended-${tasks}`,
  title: `${spaced(tasks)} tasks at once`,
  of: "lock",
  operations: tasks,
  controls: [floors.CHAIN],
  code: burst(tasks),
  check: exclusion(byAnyMeans),
}));

// The more turns, the less the first arrival counts, and the longer it takes.
const comingAndGoing = [
  { tasks: 10, turns: 100 },
  { tasks: 1_000, turns: 10 },
  { tasks: 10_000, turns: 5 },
  { tasks: 1_000_000, turns: 2 },
].map(({ tasks, turns }): Workload => ({
  id: `come-and-go-${tasks}`,
  title: `${spaced(tasks)} tasks that come and go`,
  of: "lock",
  operations: tasks * turns,
  isHuge: tasks === 1_000_000,
  controls: [floors.CHAIN],
  code: comeAndGo(tasks, turns),
  check: exclusion(byAnyMeans),
}));

const queued = [10, 1_000].map((calls): Workload => ({
  id: `queued-${calls}`,
  title: `${spaced(calls)} \`run(fn)\` at once`,
  of: "lock",
  operations: calls,
  controls: [floors.THEN, floors.LIST],
  code: ({ make, run }) =>
    repeat(
      `const lock = ${make}; const fn = async () => { await null; };`,
      run && `let last;
      for (let j = 0; j < ${calls}; j++) last = ${run};
      await last;`,
    ),
  check: exclusion(byRunning),
  lacking: NO_FUNCTIONS,
}));

export const contended = [...bursts, ...comingAndGoing, ...queued];
