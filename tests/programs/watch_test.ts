/** Programs that hang say why; those that do not are not accused. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  expected,
  hang,
  hangingTest,
  server,
  steady,
  topLevel,
  transfer,
} from "../watch/programs/expected.ts";

/** What one of the programs prints, without what differs from run to run. */
async function output(file: string, ...args: string[]): Promise<string> {
  return steady(await run(file, ...args));
}

async function run(file: string, ...args: string[]): Promise<string> {
  const { href } = new URL(file, import.meta.url);
  const flags = ["--quiet", "--v8-flags=--expose-gc", "--allow-net=127.0.0.1"];
  return await deno("run", ...flags, href, ...args);
}

async function deno(...args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1", NO_PROXY: "127.0.0.1" },
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

Deno.test("a watch tells the three mistakes in a server", async () => {
  assertEquals(await output("../watch/programs/server.ts"), server);
});

Deno.test("a watch tells what hangs in examples/hang.ts", async () => {
  assertEquals(await output("../../examples/hang.ts"), hang);
});

Deno.test("a watch tells where the nested transfers of examples/transfer.ts stand", async () => {
  const printed = await run("../watch/programs/transfer.ts");
  assertStringIncludes(steady(printed), transfer);
  for (const state of ["waiting", "holding"]) {
    const at = new RegExp(`${state} .* at nested \\(transfer\\.ts:`);
    assertMatch(printed, at);
  }
});

Deno.test("a watch tells what a top-level await waits for, before Deno gives up", async () => {
  const printed = await output("../watch/programs/top_level.ts");
  assertStringIncludes(printed, topLevel);
});

Deno.test("a watch tells what a test waits for when the runner gives up", async () => {
  const file = new URL("../watch/programs/hanging.ts", import.meta.url);
  const printed = await deno("test", "--no-check", file.href);
  assertStringIncludes(steady(printed), hangingTest);
  assertStringIncludes(printed, "Promise resolution is still pending");
});

for (const [name, printed] of Object.entries(expected)) {
  Deno.test(`a watch tells what is the matter with the program ${name}`, async () => {
    assertEquals(await output("../watch/programs/main.ts", name), printed);
  });
}
