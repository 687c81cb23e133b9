/**
 * Runs the suite in Chromium, on a page that imports the library as one file.
 *
 * @module
 */

import { bundle, bundleSuite } from "../../tools/subprocess.ts";
import { browser, outlived, serve } from "../support/browser.ts";

const html = `<!DOCTYPE html>
<script type="importmap">
  { "imports": { "@holdfast/sync": "/holdfast.js" } }
</script>`;
const library = await bundle("mod.ts", ["--minify"]);
const suite = await bundleSuite("tests/conformance/suite.ts");

const files = new Map([
  ["/", { type: "text/html", text: html }],
  ["/holdfast.js", { type: "text/javascript", text: library }],
  ["/suite.js", { type: "text/javascript", text: suite }],
]);

const url = serve((request) => {
  const file = files.get(new URL(request.url).pathname);
  if (file === undefined) return new Response("Not found", { status: 404 });
  return new Response(file.text, { headers: { "content-type": file.type } });
});

const page = await browser.newPage();
await page.goto(url);
const names: string[] = await page.evaluate(`
  import("/suite.js").then(({ suite }) => {
    globalThis.tests = suite();
    return tests.map(({ name }) => name);
  })
`);

for (const [index, name] of names.entries()) {
  Deno.test(`Chromium: ${name}`, outlived, async () => {
    await page.evaluate(`tests[${index}].run()`);
  });
}
