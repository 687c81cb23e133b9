/**
 * The locks on servers, in Node and Bun.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { postgres, redis } from "../engines.ts";
import type { Spec } from "../open.ts";

const specs: Spec[] = [];
if (redis !== undefined) {
  const { port } = redis;
  specs.push({ kind: "redis", port }, { kind: "ioredis", port });
}
if (postgres !== undefined) {
  const { port } = postgres;
  specs.push({ kind: "pg", port }, { kind: "postgres", port });
}

async function output(name: string, args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(name, { args }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  return text === "" ? decoder.decode(stderr) : text;
}

Deno.test("locks on servers in Node and Bun", async (t) => {
  const directory = await Deno.makeTempDir();
  const program = `${directory}/main.mjs`;
  const source = new URL("../elsewhere_main.ts", import.meta.url).pathname;
  await output(Deno.execPath(), [
    "bundle",
    "--platform=deno",
    `--output=${program}`,
    source,
  ]);
  const expected = specs.map(({ kind }) => `${kind} true\ntrue\n`).join("");
  for (const runtime of ["node@20", "node@22", "node@24", "bun@1"]) {
    await t.step(runtime, async () => {
      const [name = ""] = runtime.split("@");
      assertEquals(
        await output("npx", [
          ...["-y", "-p", runtime, name, program],
          JSON.stringify(specs),
        ]),
        expected,
      );
    });
  }
  await Deno.remove(directory, { recursive: true });
});
