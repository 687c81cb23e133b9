/**
 * Measures the locks that reach beyond a process beside the bare commands and
 * other libraries, on the same servers in the same run. Writes `README.md`,
 * `results.json` and the charts beside this file. With `--draw`, it starts from
 * the `results.json` of last time instead of measuring.
 *
 * ```sh
 * deno task bench:across
 * ```
 *
 * @module
 */

import {
  hasPostgres,
  hasRedis,
  startPostgres,
  startRedis,
} from "../../tests/across/servers.ts";
import { alone, type Cost, many } from "./alone.ts";
import {
  available,
  type Candidate,
  createSequence,
  type Places,
} from "./candidates.ts";
import { contend, type Contention, takeOver } from "./contended.ts";
import { type Keys, keys, type Waiters, waiters } from "./growth.ts";
import { charts, page } from "./page.ts";

/** All that is measured. */
export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly alone: readonly (readonly Cost[])[];
  readonly many: readonly (readonly Cost[])[];
  readonly contention: readonly Contention[];
  readonly takeOver: readonly {
    readonly name: string;
    readonly ms: number[];
  }[];
  readonly waiters: readonly Waiters[];
  readonly keys: readonly Keys[];
}

async function measure(): Promise<Results> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  let at: Places = { directory };
  if (hasRedis) {
    const { port } = stack.use(await startRedis(["--appendonly", "no"]));
    at = { ...at, redis: port };
  } else console.error("Redis is left out: it is not installed");
  if (hasPostgres) {
    // Room for as many locks as one process is made to hold.
    const server = await startPostgres(["max_locks_per_transaction=1024"]);
    at = { ...at, postgres: stack.use(server).port };
    await createSequence(at);
  } else console.error("PostgreSQL is left out: it is not installed");

  const all = available(at);
  const groups = [...Map.groupBy(all, ({ engine }) => engine).values()];
  const shared = all.filter(({ is, engine }) =>
    is !== "bare" && engine !== "Web Locks"
  );
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${Deno.build.os}, ${navigator.hardwareConcurrency} cores`,
    alone: await each("alone", groups, (group) => alone(group, at)),
    many: await each("many keys", groups, (group) => many(group, at)),
    contention: await each("contended", shared, (it) => contend(it, at)),
    takeOver: await each("take over", shared, async (it) => ({
      name: it.name,
      ms: await takeOver(it, at),
    })),
    waiters: await each(
      "waiters",
      sizes(all, WAITERS),
      ([it, size]) => waiters(it, at, size),
    ),
    keys: await each(
      "keys",
      sizes(all, KEYS),
      ([it, size]) => keys(it, at, size),
    ),
  };
}

/** How far each engine is measured. A file lock takes an open file. */
const WAITERS: Readonly<Record<string, number>> = {
  "Holdfast, files": 100,
  "Holdfast, ioredis": 1000,
  "Holdfast, pg": 100,
};
const KEYS: Readonly<Record<string, number>> = {
  "Holdfast, files": 10_000,
  "Holdfast, ioredis": 100_000,
  "Holdfast, pg": 100_000,
};

/** Powers of ten, up to the most for each candidate. */
function sizes(
  candidates: readonly Candidate[],
  most: Readonly<Record<string, number>>,
): [Candidate, number][] {
  const first = most === KEYS ? 10 : 1;
  return candidates.flatMap((candidate) =>
    [1, 10, 100, 1000, 10_000, 100_000]
      .filter((size) => size >= first && size <= (most[candidate.name] ?? 0))
      .map((size): [Candidate, number] => [candidate, size])
  );
}

/** One after the other. */
async function each<T, R>(
  what: string,
  items: readonly T[],
  measure: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    const result = await measure(item);
    console.error(what, result);
    results.push(result);
  }
  return results;
}

/** Of a file beside this one. */
function path(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

if (import.meta.main) {
  const results: Results = Deno.args.includes("--draw")
    ? JSON.parse(await Deno.readTextFile(path("results.json")))
    : await measure();
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value;
  const files: Record<string, string> = {
    "results.json": JSON.stringify(results, rounded),
    "README.md": page(results),
    ...await charts(results),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(path(name), text);
  }
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", path("README.md")],
  }).output();
  Deno.exit(); // some libraries leave timers behind
}
