/**
 * Measures everything in the runtime at hand: Deno, Node or Bun, started with
 * `--expose-gc`. Prints figures as they come and, given `--json`, all of them
 * in the end. A regular expression picks workloads by their ids.
 *
 * @module
 */

import os from "node:os";
import process from "node:process";
import { candidates } from "./candidates.ts";
import { type Figures, HOLDFAST, inWords, measure } from "./harness.ts";
import { groups } from "./workloads.ts";

/** What was measured in one process. */
export interface Results {
  readonly runtime: string;
  readonly engine: string;
  readonly cpu: string;
  readonly date: string;
  readonly groups: Readonly<Record<string, readonly Figures[]>>;
}

const PACE = {
  rounds: 31,
  sample: 5,
  warmUp: 100,
  budget: 1_000,
  limit: 20_000,
};

const measured: Record<string, Figures[]> = {};
const isJson = process.argv.includes("--json");
const pattern = process.argv.slice(2).find((it) => it !== "--json");
for (const [group, workloads] of Object.entries(groups)) {
  // JavaScriptCore's collector is conservative: it may keep what is garbage.
  if (group === "Memory" && process.versions.bun) continue;
  const chosen = workloads.filter(({ id }) => id.match(pattern ?? ""));
  measured[group] = [];
  for await (const figures of measure(chosen, candidates, PACE)) {
    console.error(table(figures));
    measured[group].push(figures);
  }
}
if (isJson) console.log(JSON.stringify(results()));

function table({ id, title, unit, values, controls }: Figures): string {
  const floor = values[controls[0] ?? ""];
  const holdfast = values[HOLDFAST]!;
  const rows = Object.entries(values).map(([name, value]) =>
    [
      name.padEnd(30),
      inWords(value, unit).padStart(10),
      floor === undefined ? "" : `${(value / floor).toFixed(2)} × floor`,
      `${(value / holdfast).toFixed(2)} × ${HOLDFAST}`,
    ].join("  ")
  );
  return [`\n${title} (${id})`, ...rows].join("\n");
}

function results(): Results {
  const { deno, bun, node, v8 } = process.versions;
  const [cpu, ...others] = os.cpus();
  return {
    runtime: deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`,
    engine: bun ? "JavaScriptCore" : `V8 ${v8}`,
    cpu: `${cpu?.model}, ${1 + others.length} cores`,
    date: new Date().toISOString().slice(0, 10),
    groups: measured,
  };
}
