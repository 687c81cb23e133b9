/**
 * Prints the options with which `deno test`, `deno check` and `deno bundle` find
 * `@std`. If JSR answers, or the registry that `JSR_URL` names, none are needed:
 * `deno.json` leads there. Otherwise an import map leads to npm.
 *
 * @module
 */

/** Returns the options, one argument each. */
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
