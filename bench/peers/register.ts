/**
 * Registers workloads with `deno bench`.
 *
 * @module
 */

import { makerOf } from "./harness.ts";
import { HOLDFAST, holdfast } from "./holdfast.ts";
import type { Workload } from "./types.ts";
import { groups } from "./workloads/mod.ts";
import { spaced } from "./words.ts";

/**
 * `deno bench` would measure little but its own loop if an iteration did only
 * one operation. So each does so many, and so says the name of its group.
 */
const OPERATIONS = 1_000;

/** Registers Holdfast beside the floor in each of the workloads. */
export async function benchmark(ids: readonly string[]): Promise<void> {
  const all = Object.values(groups).flat();
  for (const id of ids) {
    const workload = all.find((it) => it.id === id);
    if (workload === undefined) throw new Error(`There is no workload "${id}"`);
    await register(workload);
  }
}

async function register(workload: Workload): Promise<void> {
  const { title, operations, controls: [floor] } = workload;
  if (OPERATIONS % operations !== 0) {
    throw new Error(`"${workload.id}" can't do ${OPERATIONS} operations`);
  }
  const group = `${spaced(OPERATIONS)} × ${title}`;
  const scope = workload.scope?.();
  for (const it of floor === undefined ? [holdfast] : [floor, holdfast]) {
    const program = makerOf(it, workload, scope)();
    await program.open();
    Deno.bench({
      name: it.name,
      group,
      baseline: it.name !== HOLDFAST,
      // Without `async`, `deno bench` would not await it.
      fn: async () => await program.sample(OPERATIONS / operations),
    });
  }
}
