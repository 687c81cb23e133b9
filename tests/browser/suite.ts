/**
 * Runs the suite in Chromium, on a page that imports the library as one file.
 *
 * @module
 */

import { launchChromium } from "../../tools/chromium.ts";
import { bundle, bundleSuite } from "../../tools/subprocess.ts";

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

function answer(request: Request): Response {
  const file = files.get(new URL(request.url).pathname);
  if (file === undefined) return new Response("Not found", { status: 404 });
  return new Response(file.text, { headers: { "content-type": file.type } });
}

const browser = await launchChromium();
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  answer,
);

Deno.test.afterAll(async () => {
  await browser.close();
  await server.shutdown();
});

const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.addr.port}/`);
const names: string[] = await page.evaluate(`
  import("/suite.js").then(({ suite }) => {
    globalThis.tests = suite();
    return tests.map(({ name }) => name);
  })
`);

for (const [index, name] of names.entries()) {
  Deno.test({
    name: `Chromium: ${name}`,
    // The browser outlives the test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await page.evaluate(`tests[${index}].run()`);
    },
  });
}
