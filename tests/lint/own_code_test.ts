/** The rules raise no false alarm in this repository. */

import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import plugin from "../../lint.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * Where the code does on purpose what the rules are there to find. The tests of
 * the locks are full of that, since they hold locks for good: they are left out.
 */
const ON_PURPOSE = [
  // Waits that are all to be aborted
  "bench/scaling.ts: lock.acquire({ signal })",
  // The guide shows what goes wrong
  "docs/guide.md: lock.acquire()",
  "examples/hang.ts: log.acquire()",
  // A watch should see it
  "tools/runtimes/watch_worker.ts: early.acquire()",
];

function* filesIn(folder: string): Iterable<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* filesIn(`${folder}${name}/`);
    else if (/\.(ts|md)$/.test(name)) yield folder + name;
  }
}

/** The code of a file, or the code in a page. */
function codeIn(file: string): string[] {
  const text = Deno.readTextFileSync(new URL(file, ROOT));
  if (file.endsWith(".ts")) return [text];
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);
}

const entryPoints = Object.values(config.exports).map((file) => file.slice(2));

/** The rules go by the name of the package, so let the code import by it. */
function importingByName(code: string): string {
  return code.replaceAll(
    /(from\s+)"(?:\.\.?\/)+([^"]+)"/g,
    (all, from, file) =>
      entryPoints.includes(file) ? `${from}"@holdfast/sync"` : all,
  );
}

Deno.test("the lint rules find in this repository only what is there on purpose", () => {
  const folders = ["_core", "bench", "docs", "examples", "tools"];
  const files = folders.flatMap((folder) => [...filesIn(`${folder}/`)]);
  const faults = ["README.md", ...entryPoints, ...files].flatMap((file) =>
    codeIn(file).map(importingByName).flatMap((code) =>
      Deno.lint.runPlugin(plugin, "code.ts", code)
        .map(({ range: [start, end] }) => `${file}: ${code.slice(start, end)}`)
    )
  );
  assertEquals(faults.sort(), ON_PURPOSE);
});
