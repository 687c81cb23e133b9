/**
 * Prints the options with which `deno test`, `deno check` and `deno bundle` find
 * `@std`. There are none if JSR, or what `JSR_URL` names, answers, since
 * `deno.json` leads there. If not, an import map leads to npm.
 *
 * @module
 */

/** The options, each of which is one argument. */
export async function stdOptions(): Promise<string[]> {
  const jsr = Deno.env.get("JSR_URL") ?? "https://jsr.io";
  if (await answers(jsr)) {
    console.error(`@std comes from ${jsr}`);
    return [];
  }
  console.error(`@std comes from npm, since ${jsr} does not answer`);
  return ["--import-map=tools/npm_std/import_map.json"];
}

async function answers(jsr: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("@std/assert/meta.json", jsr), {
      signal: AbortSignal.timeout(5000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

if (import.meta.main) console.log((await stdOptions()).join(" "));
