/**
 * Measures how Holdfast compares with what it is to reach, and fails where it
 * falls short by more than a tenth.
 *
 * @module
 */

import { candidates } from "./peers/candidates.ts";
import { type Figures, HOLDFAST, measure } from "./peers/harness.ts";
import { groups } from "./peers/workloads.ts";

/** Figures by the ids of their workloads. */
export type Measured = ReadonlyMap<string, Figures>;

/** How Holdfast's figure compares with what it may be at most. */
export interface Verdict {
  readonly title: string;
  /** What the figure counts. */
  readonly unit: string;
  readonly figure: number;
  readonly most: number;
  /** What it may be on other runtimes than Deno. */
  readonly mostElsewhere?: number | undefined;
}

/** What Holdfast's figure is divided by. */
type Measure = (
  figures: Figures,
  all: Measured,
) => { unit: string; value: number | undefined };

const floor: Measure = ({ values, controls: [name = ""] }) => ({
  unit: `× ${name}`,
  value: values[name],
});

const peer = (name: string): Measure => ({ values }) => ({
  unit: `× ${name}`,
  value: values[name],
});

const noneHeld: Measure = (_, all) => ({
  unit: "× with none held",
  value: all.get("hot-0")?.values[HOLDFAST],
});

const bytes: Measure = () => ({ unit: "bytes", value: 1 });

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
  ["queued-10", floor, 1.5],
  ["queued-1000", floor, 1.5],
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
  ["bytes-idle", bytes, 56],
  ["bytes-waiter", bytes, 240],
  ["bytes-key", bytes, 160],
  ["bytes-left", bytes, 0.1],
  ["guard", peer("async-mutex"), 1 / 10],
  ["run-async", peer("async-lock"), 1 / 2],
  ["run-async", peer("navigator.locks"), 1 / 30],
];

/** What is to be reached, in those workloads that were measured. */
export function* verdicts(all: Measured): Generator<Verdict> {
  for (const [id, measure, most, mostElsewhere] of BOUNDS) {
    const figures = all.get(id);
    if (figures === undefined) continue;
    const { unit, value } = measure(figures, all);
    if (value === undefined) continue;
    const figure = figures.values[HOLDFAST]! / value;
    yield { title: figures.title, unit, figure, most, mostElsewhere };
  }
}

/** Where a peer is faster. */
export function* faster(all: Measured): Generator<Verdict> {
  for (const { title, unit, values, controls } of all.values()) {
    if (unit === "bytes") continue;
    const holdfast = values[HOLDFAST]!;
    for (const [name, value] of Object.entries(values)) {
      if (controls.includes(name) || value >= holdfast) continue;
      yield { title, unit: `× ${name}`, figure: holdfast / value, most: 1 };
    }
  }
}

/** Falls short by more than a tenth: machines are noisy. */
export function isMissed({ figure, most }: Verdict): boolean {
  return figure > most * 1.1;
}

if (import.meta.main) {
  const pace = { rounds: 11, sample: 3, warmUp: 60, budget: 200, limit: 200 };
  // Without what is only to be seen.
  const workloads = Object.values(groups).flat()
    .filter(({ id }) =>
      !/-again$|-100$|^(front|back|random|shared)-1000$/.test(id)
    );
  const all = new Map<string, Figures>();
  for await (const figures of measure(workloads, candidates, pace)) {
    all.set(figures.id, figures);
  }
  const missed = [...verdicts(all), ...faster(all)].filter(isMissed);
  for (const { title, unit, figure, most } of missed) {
    console.log(
      `${title}: ${figure.toFixed(2)} ${unit}, at most ${most.toFixed(2)}`,
    );
  }
  Deno.exitCode = missed.length === 0 ? 0 : 1;
}
