/**
 * Measures the size of each entry point in a bundle, minified and gzipped. Fails
 * if the lock is too large.
 *
 * ```sh
 * deno task size
 * ```
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { bundle } from "./subprocess.ts";

/** The size of `./lock` in bytes, rounded up. It should not grow beyond this. */
const LIMIT = 2560;

async function gzipped(code: string): Promise<number> {
  const stream = new Blob([code]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

console.log("| Import | Minified | Gzipped |\n| --- | ---: | ---: |");
for (const [name, file] of Object.entries(config.exports)) {
  const code = await bundle(file, ["--minify"]);
  const size = await gzipped(code);
  const specifier = config.name + name.slice(1);
  console.log(`| \`${specifier}\` | ${code.length} B | ${size} B |`);
  if (name !== "./lock" || size <= LIMIT) continue;
  console.error(`${specifier} is larger than ${LIMIT} B`);
  Deno.exitCode = 1;
}
