/** Programs that hang say why; those that do not are not accused. */

import { assertEquals } from "@std/assert";
import { expected, hang, server, steady } from "../watch/programs/expected.ts";

/** Runs one of the programs and gives what it printed. */
async function output(file: string, ...args: string[]): Promise<string> {
  const { href } = new URL(file, import.meta.url);
  const flags = ["--quiet", "--v8-flags=--expose-gc", "--allow-net=127.0.0.1"];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, href, ...args],
    env: { NO_COLOR: "1", NO_PROXY: "127.0.0.1" },
  }).output();
  const decoder = new TextDecoder();
  return steady(decoder.decode(stdout) + decoder.decode(stderr));
}

Deno.test("a watch tells the three mistakes in a server", async () => {
  assertEquals(await output("../watch/programs/server.ts"), server);
});

Deno.test("a watch tells what hangs in examples/hang.ts", async () => {
  assertEquals(await output("../../examples/hang.ts"), hang);
});

for (const [name, printed] of Object.entries(expected)) {
  Deno.test(`a watch tells what is the matter with the program ${name}`, async () => {
    assertEquals(await output("../watch/programs/main.ts", name), printed);
  });
}
