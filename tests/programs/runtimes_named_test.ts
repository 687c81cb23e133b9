/**
 * The modules that run everywhere name no runtime: what is Deno's or Node's is
 * only in `across/` and `watch.ts`.
 */

import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

function* modulesIn(folder: string): Iterable<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory && folder !== "./") yield* modulesIn(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield folder + name;
  }
}

Deno.test("only across/ and watch.ts name Deno or node:", () => {
  const modules = [...modulesIn("./"), ...modulesIn("./_core/")];
  const naming = modules.filter((file) => {
    const code = Deno.readTextFileSync(new URL(file, ROOT))
      .replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, ""); // comments may
    // A symbol of that name costs nothing where nobody asks for it.
    return /\bDeno\b(?!\.customInspect)|["']node:/.test(code);
  });
  assertEquals(naming, ["./watch.ts"]);
});
