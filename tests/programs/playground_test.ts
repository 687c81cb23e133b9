import { assert, assertEquals } from "@std/assert";
import bundle from "../../examples/playground/holdfast.js" with {
  type: "text",
};
import { answer } from "../../tools/playground.ts";

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

Deno.test("playground: answer() gives the files of the page and no others", async () => {
  const get = async (path: string) => {
    const response = await answer(new Request(`http://127.0.0.1${path}`));
    await response.body?.cancel();
    return [response.status, response.headers.get("content-type")];
  };
  const type = (name: string) => [200, `text/${name}; charset=utf-8`];
  assertEquals(await get("/"), type("html"));
  assertEquals(await get("/styles/page.css"), type("css"));
  assertEquals(await get("/main.js"), type("javascript"));
  const inside = ["/none.js", "/styles", "/styles/none.css", "/js"];
  const outside = [
    "/..%2fplayground%2fmain.js",
    "/styles%2fpage.css",
    "/styles/..%2fmain.js",
  ];
  for (const path of [...inside, ...outside]) {
    assertEquals(await get(path), [404, "text/plain;charset=UTF-8"]);
  }
});
