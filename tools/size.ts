/**
 * Measures what each entry point weighs in a bundle, minified and gzipped, and
 * fails where the lock alone weighs too much.
 *
 * ```sh
 * deno task size
 * ```
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { bundle } from "./subprocess.ts";

/** What the lock alone weighs now, rounded up, in bytes: it is to get no more. */
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
  console.error(`${specifier} weighs more than ${LIMIT} B`);
  Deno.exitCode = 1;
}
