/**
 * Measures the size of each entry point in a bundle, minified and gzipped. Fails
 * if one is larger than it should be, or if a bundle that does not import the
 * watcher contains a part of it.
 *
 * ```sh
 * deno task size
 * ```
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { bundle } from "./subprocess.ts";

/** The most that each may be, gzipped and in bytes. None should grow unnoticed. */
const LIMITS: Readonly<Record<string, number>> = {
  ".": 9_500,
  "./lock": 4_350,
  "./rw-lock": 4_600,
  "./semaphore": 4_350,
  "./keyed-lock": 5_800,
  "./once": 4_050,
  "./gate": 3_600,
  "./condition": 5_250,
  "./barrier": 3_750,
  "./watch": 6_800,
  "./workers": 7_900,
  "./processes": 8_300,
  "./redis": 11_700,
  "./postgres": 12_200,
  "./lint": 2_550,
};

/** A text that only the watcher's code has. */
const OF_WATCHER = "stallAfter";

async function gzipped(code: string): Promise<number> {
  const stream = new Blob([code]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

function fail(message: string): void {
  console.error(message);
  Deno.exitCode = 1;
}

console.log("| Import | Minified | Gzipped | Limit |");
console.log("| --- | ---: | ---: | ---: |");
for (const [name, file] of Object.entries(config.exports)) {
  const code = await bundle(file, ["--minify"]);
  const size = await gzipped(code);
  const limit = LIMITS[name] ?? 0; // each entry point has to have one
  const specifier = config.name + name.slice(1);
  console.log(`| \`${specifier}\` | ${code.length} | ${size} | ${limit} |`);
  if (size > limit) fail(`${specifier} is larger than ${limit} bytes`);
  if (name !== "./watch" && code.includes(OF_WATCHER)) {
    fail(`${specifier} contains a part of the watcher`);
  }
}
