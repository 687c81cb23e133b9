/**
 * Prints the options that have `deno test` and `deno check` find `@std`: none
 * where JSR, or what `JSR_URL` names, answers, since `deno.json` leads there;
 * else an import map that leads to npm.
 *
 * @module
 */

const jsr = Deno.env.get("JSR_URL") ?? "https://jsr.io";

if (await answers()) {
  console.error(`@std comes from ${jsr}`);
} else {
  console.error(`@std comes from npm, since ${jsr} does not answer`);
  console.log("--import-map=tools/npm_std/import_map.json");
}

async function answers(): Promise<boolean> {
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
