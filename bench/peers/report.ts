/**
 * Measures in Deno, Node and Bun and writes `results.json`, the charts and
 * `README.md` of `bench/`. With `--draw`, it starts from the `results.json` of
 * last time instead of measuring.
 *
 * @module
 */

import { charts } from "./charts.ts";
import type { Results } from "./main.ts";
import { readme } from "./readme.ts";

const COMMANDS = [
  [Deno.execPath(), "run", "--v8-flags=--expose-gc", "--allow-sys=cpus", "-"],
  [
    "npx",
    "-y",
    "-p",
    "node@24",
    "node",
    "--expose-gc",
    "--input-type=module",
    "-",
  ],
  ["npx", "-y", "-p", "bun@1", "bun", "--expose-gc", "run", "-"],
];

/** Runs the same program in one runtime after the other. */
async function measureEverywhere(): Promise<Results[]> {
  const program = await output([
    Deno.execPath(),
    "bundle",
    "--quiet",
    "--platform=deno",
    path("peers/main.ts"),
  ]);
  const all = [];
  for (const command of COMMANDS) {
    all.push(JSON.parse(await output([...command, "--json"], program)));
  }
  return all;
}

/** Runs a command and returns what it prints. */
async function output(command: string[], input = ""): Promise<string> {
  const [name = "", ...args] = command;
  const child = new Deno.Command(name, {
    args,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  if (!success) throw new Error(`Cannot run ${command.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

/** Keeps four digits of a figure. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

/** Of a file in `bench/`. */
function path(name: string): string {
  return new URL(`../${name}`, import.meta.url).pathname;
}

const results: Results[] = Deno.args.includes("--draw")
  ? JSON.parse(await Deno.readTextFile(path("results.json")))
  : await measureEverywhere();
const libraries = await Deno.readTextFile(path("peers/libraries.ts"));
const files: Record<string, string> = {
  "results.json": JSON.stringify(results, rounded),
  "README.md": readme(results, libraries),
  ...await charts(results[0]!),
};
for (const [name, text] of Object.entries(files)) {
  await Deno.writeTextFile(path(name), text);
}
await output([Deno.execPath(), "fmt", "--quiet", path("README.md")]);
