import { assert } from "@std/assert";
import bundle from "../../examples/playground/holdfast.js" with {
  type: "text",
};

Deno.test("examples/playground/holdfast.js is the bundle of mod.ts as it is now", async () => {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform=browser", "mod.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  assert(
    decoder.decode(stdout) === bundle,
    "It is out of date: run `deno task playground:module`",
  );
});
