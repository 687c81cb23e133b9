/**
 * What Holdfast should reach.
 *
 * @module
 */

import { HOLDFAST } from "./holdfast.ts";
import type { Figures } from "./types.ts";

/** Figures by the ids of their workloads. */
export type Measured = ReadonlyMap<string, Figures>;

/** How Holdfast's figure compares with its bound. */
export interface Verdict {
  readonly title: string;
  /** What the figure counts. */
  readonly unit: string;
  readonly figure: number;
  readonly most: number;
  /** The bound on other runtimes than Deno, if there is one. */
  readonly mostElsewhere?: number | undefined;
}

/** Holdfast's figure in the unit of a bound. */
type Measure = (
  figures: Figures,
  all: Measured,
) => { unit: string; figure: number | undefined };

const times = (name: string): Measure => ({ ratios }) => ({
  unit: `× ${name}`,
  figure: ratios[name],
});

const floor: Measure = (figures, all) =>
  times(figures.controls[0]!)(figures, all);

const noneHeld: Measure = ({ values }, all) => {
  const alone = all.get("hot-0")?.values[HOLDFAST];
  return {
    unit: "× with none held",
    figure: alone && values[HOLDFAST]! / alone,
  };
};

const bytes: Measure = ({ values }) => ({
  unit: "bytes",
  figure: values[HOLDFAST],
});

const BOUNDS: [id: string, Measure, most: number, mostElsewhere?: number][] = [
  ["guard", floor, 1.25, 1.6],
  ["hand", floor, 1.25, 1.6],
  ["using", floor, 1.1],
  ["try", floor, 0.4],
  ["run-async", floor, 1.15],
  ["run-sync", floor, 0.6],
  ["contended-10", floor, 1.3],
  ["contended-1000", floor, 1.3],
  ["contended-100000", floor, 1.3],
  // The goal is 1.2.
  ["come-and-go-10", floor, 1.3],
  ["come-and-go-1000", floor, 1.3],
  ["come-and-go-10000", floor, 1.3],
  ["come-and-go-1000000", floor, 1.3],
  ["queued-10", floor, 1.5],
  ["queued-1000", floor, 1.5],
  ["guard-again", floor, 1.5],
  ["hand-again", floor, 1.5],
  ["front-100000", floor, 1.9],
  ["back-100000", floor, 1.9],
  ["random-100000", floor, 1.9],
  ["shared-100000", floor, 0.1],
  ["timeout-100000", floor, 1.5],
  ["keys-1", floor, 1.4],
  ["keys-1000", floor, 1.4],
  ["keys-1000000", floor, 1.4],
  ["hot-100000", noneHeld, 4],
  ["once", floor, 1.1],
  ["one-permit", times("Lock"), 1.15],
  ["one-permit-1000", times("Lock"), 1.15],
  ["bytes-idle", bytes, 56],
  ["bytes-semaphore", bytes, 72],
  ["bytes-waiter", bytes, 240],
  ["bytes-key", bytes, 160],
  ["bytes-left", bytes, 0.1],
  ["guard", times("async-mutex"), 1 / 10],
  ["run-async", times("async-lock"), 1 / 2],
  ["run-async", times("navigator.locks"), 1 / 30],
];

/** Workloads without a bound: here, only peers are compared. */
const UNBOUNDED = [
  "contended-10000",
  // They show which peers would take too long with a hundred times as many.
  "front-1000",
  "back-1000",
  "random-1000",
  "shared-1000",
  "timeout-10000",
  "hot-0", // hot-100000 is divided by it
  "semaphore",
  "semaphore-10",
  "semaphore-1000",
  "semaphore-100000",
  "readers",
  "gate-100000",
  "condition-1000",
];

/** Ids of the workloads that a check needs. */
export const CHECKED: ReadonlySet<string> = new Set([
  ...BOUNDS.map(([id]) => id),
  ...UNBOUNDED,
]);

/** How Holdfast does in those workloads that were measured. */
export function* verdicts(all: Measured): Generator<Verdict> {
  for (const [id, measure, most, mostElsewhere] of BOUNDS) {
    const figures = all.get(id);
    if (figures === undefined) continue;
    const { unit, figure } = measure(figures, all);
    if (figure === undefined) continue;
    yield { title: figures.title, unit, figure, most, mostElsewhere };
  }
}

/** The workloads in which a peer is faster. */
export function* faster(all: Measured): Generator<Verdict> {
  for (const { title, unit, ratios, controls } of all.values()) {
    if (unit === "bytes") continue;
    for (const [name, figure] of Object.entries(ratios)) {
      if (controls.includes(name) || figure <= 1) continue;
      yield { title, unit: `× ${name}`, figure, most: 1 };
    }
  }
}

/** Whether the bound is missed by more than a tenth: machines are noisy. */
export function isMissed({ figure, most }: Verdict): boolean {
  return figure > most * 1.1;
}
