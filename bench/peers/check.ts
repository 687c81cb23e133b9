/**
 * Measures how Holdfast compares with what it should reach, and fails if it
 * misses a bound by more than a tenth, if a watch costs too much, or if time or
 * memory grows faster than the work. A regular expression picks workloads by
 * their ids instead.
 *
 * ```sh
 * deno task bench:check
 * deno task bench:check come-and-go
 * ```
 *
 * @module
 */

import { checkScaling } from "../scaling.ts";
import { checkWatch } from "../watch.ts";
import { CHECKED, faster, isMissed, type Verdict, verdicts } from "./bounds.ts";
import { candidates } from "./candidates.ts";
import { measure } from "./harness.ts";
import { holdfast } from "./holdfast.ts";
import type { Candidate, Figures, Workload } from "./types.ts";
import { groups } from "./workloads/mod.ts";

const PACE = {
  rounds: 17,
  least: 3,
  sample: 3,
  warmUp: 50,
  budget: 200,
  limit: 200,
};

const pattern = new RegExp(Deno.args[0] ?? "");
const workloads = Object.values(groups).flat()
  .filter(({ id }) => CHECKED.has(id) && pattern.test(id));
const all = new Map<string, Figures>();
await measureAll(({ bytesOf }) => bytesOf === undefined, candidates);
// Only Holdfast's memory has bounds.
await measureAll(({ bytesOf }) => bytesOf !== undefined, [holdfast]);

const bounds = [...verdicts(all)];
for (const it of bounds.filter((it) => !isMissed(it))) console.log(inLine(it));
const missed = [...bounds, ...faster(all)].filter(isMissed).map(inLine);
if (Deno.args.length === 0) {
  missed.push(...await checkWatch(), ...await checkScaling());
}
if (missed.length > 0) {
  console.error(["\nMissed:", ...missed].join("\n"));
  Deno.exitCode = 1;
}

async function measureAll(
  which: (workload: Workload) => boolean,
  candidates: readonly Candidate[],
): Promise<void> {
  const chosen = workloads.filter(which);
  for await (const figures of measure(chosen, candidates, PACE)) {
    all.set(figures.id, figures);
  }
}

function inLine({ title, unit, figure, most }: Verdict): string {
  return `${title}: ${figure.toFixed(2)} ${unit}, at most ${most.toFixed(2)}`;
}
