/**
 * Semaphores.
 *
 * @module
 */

import * as floors from "../floors.ts";
import { holdfast } from "../holdfast.ts";
import type { Control, Workload } from "../types.ts";
import { spaced } from "../words.ts";
import { burst, byAnyMeans, comeAndGo, exclusion, repeat } from "./pieces.ts";

const semaphore = {
  of: "semaphore",
  lacking: "has no semaphore",
} as const;

const withFive = {
  ...semaphore,
  scope: () => ({ permits: 5 }),
  check: exclusion(byAnyMeans, { most: 5 }),
};

const alone: Pick<Workload, "operations" | "code"> = {
  operations: 1,
  code: (ways) => repeat(`const lock = ${ways.make};`, byAnyMeans(ways, "")),
};

const LOCK: Control = {
  name: "Lock",
  uses: holdfast.uses,
  ways: holdfast.lock!,
};

// A semaphore with one permit does what a lock does.
const withOne = {
  ...semaphore,
  scope: () => ({ permits: 1 }),
  check: exclusion(byAnyMeans),
  controls: [LOCK],
};

export const semaphores: readonly Workload[] = [
  {
    ...withFive,
    ...alone,
    id: "semaphore",
    title: "one task, 5 permits",
    controls: [floors.AWAIT],
  },
  ...[10, 1_000, 100_000].map((tasks): Workload => ({
    ...withFive,
    id: `semaphore-${tasks}`,
    title: `${spaced(tasks)} tasks at once, 5 permits`,
    operations: tasks,
    controls: [floors.COUNTER],
    code: burst(tasks),
  })),
  {
    ...withOne,
    ...alone,
    id: "one-permit",
    title: "one task, one permit",
  },
  {
    ...withOne,
    id: "one-permit-1000",
    title: "1 000 tasks that come and go, one permit",
    operations: 10_000,
    code: comeAndGo(1_000, 10),
  },
];
