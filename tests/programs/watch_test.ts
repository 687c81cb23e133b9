/** Programs that hang say why; those that do not are not accused. */

import { assertEquals } from "@std/assert";
import { expected, steady } from "../watch/programs/expected.ts";

const MAIN = new URL("../watch/programs/main.ts", import.meta.url);

for (const [name, output] of Object.entries(expected)) {
  Deno.test(`a watch tells what is the matter with the program ${name}`, async () => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--v8-flags=--expose-gc", MAIN.href, name],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    const printed = decoder.decode(stdout) + decoder.decode(stderr);
    assertEquals(steady(printed), output);
  });
}
