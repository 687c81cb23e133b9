/** Programs that hang say why; those that do not are not accused. */

import { assertEquals } from "@std/assert";
import { expected, server, steady } from "../watch/programs/expected.ts";

/** Runs one of the programs and gives what it printed. */
async function output(file: string, ...args: string[]): Promise<string> {
  const { href } = new URL(`../watch/programs/${file}`, import.meta.url);
  const flags = ["--quiet", "--v8-flags=--expose-gc", "--allow-net=127.0.0.1"];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, href, ...args],
    env: { NO_COLOR: "1", NO_PROXY: "127.0.0.1" },
  }).output();
  const decoder = new TextDecoder();
  return steady(decoder.decode(stdout) + decoder.decode(stderr));
}

Deno.test("a watch tells the three mistakes in a server", async () => {
  assertEquals(await output("server.ts"), server);
});

for (const [name, printed] of Object.entries(expected)) {
  Deno.test(`a watch tells what is the matter with the program ${name}`, async () => {
    assertEquals(await output("main.ts", name), printed);
  });
}
