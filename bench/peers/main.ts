/**
 * Measures everything in the present runtime: Deno, Node or Bun, started with
 * `--expose-gc`. Prints the figures as they come and, with `--json`, all of
 * them at the end. A regular expression picks workloads by their ids.
 *
 * @module
 */

import os from "node:os";
import process from "node:process";
import { candidates } from "./candidates.ts";
import { measure } from "./harness.ts";
import { HOLDFAST } from "./holdfast.ts";
import type { Figures } from "./types.ts";
import { inWords } from "./words.ts";
import { groups } from "./workloads/mod.ts";

/** What was measured in one process. */
export interface Results {
  readonly runtime: string;
  readonly engine: string;
  readonly cpu: string;
  readonly date: string;
  readonly groups: Readonly<Record<string, readonly Figures[]>>;
}

const PACE = {
  rounds: 33,
  least: 1,
  sample: 5,
  warmUp: 100,
  budget: 1_000,
  limit: 20_000,
};

const measured: Record<string, Figures[]> = {};
const isJson = process.argv.includes("--json");
const pattern = process.argv.slice(2).find((it) => it !== "--json");
for (const [group, workloads] of Object.entries(groups)) {
  // JavaScriptCore's collector is conservative: it may keep garbage.
  if (group === "Memory" && process.versions.bun) continue;
  const chosen = workloads.filter(({ id }) => id.match(pattern ?? ""));
  const figures = [];
  for await (const it of measure(chosen, candidates, PACE)) {
    console.error(table(it));
    figures.push(it);
  }
  if (figures.length > 0) measured[group] = figures;
}
if (isJson) console.log(JSON.stringify(results()));

function table({ id, title, unit, values, ratios, controls }: Figures): string {
  const rows = Object.entries(values).map(([name, value]) =>
    [
      name.padEnd(38),
      inWords(value, unit).padStart(10),
      name === HOLDFAST
        ? ""
        : `${HOLDFAST} takes ${ratios[name]!.toFixed(2)} ×` +
          (name === controls[0] ? " this floor" : ""),
    ].join("  ").trimEnd()
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
