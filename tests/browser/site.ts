/**
 * Builds the site and looks at it in Chromium.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { buildSite } from "../../tools/site/main.ts";
import { PAGES } from "../../tools/site/pages.ts";
import { browser, outlived, serve, violations } from "../support/browser.ts";

const folder = await Deno.makeTempDir();
const site = new URL(`file://${folder}/site/`);
await buildSite(site);

const files = new Map<string, string>();
await readAll("");

async function readAll(path: string) {
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, site))) {
    if (isDirectory) await readAll(`${path}${name}/`);
    else {
      const file = new URL(path + encodeURIComponent(name), site);
      files.set(path + name, await Deno.readTextFile(file));
    }
  }
}

const url = serve((request) => {
  const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
  const type = path.endsWith(".js")
    ? "text/javascript"
    : path.endsWith(".css")
    ? "text/css"
    : "text/html";
  return new Response(files.get(path), {
    headers: { "content-type": type },
    status: files.has(path) ? 200 : 404,
  });
});

Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

Deno.test("site: no two files have the same name if case is ignored", () => {
  const names = [...files.keys()].map((name) => name.toLowerCase());
  assertEquals(names.length, new Set(names).size);
  assert(files.has("api/once/~/once.html"));
  assert(files.has("api/once/~/Once.type.html"));
});

Deno.test("site: API pages import what users import", () => {
  const imported = new Set(
    [...files].filter(([path]) => path.startsWith("api/")).flatMap(([, text]) =>
      [...text.matchAll(/from &quot;([^&]*)&quot;/g)].map(([, name]) => name)
    ),
  );
  const entries = Object.keys(config.exports).map((entry) =>
    config.name + entry.slice(1)
  );
  const ours = [...imported].filter((name) => !name?.startsWith("npm:"));
  assertEquals(new Set(ours), new Set([...entries, "@std/assert"]));
});

Deno.test("site: every link leads to a page and an anchor", () => {
  const broken = [];
  for (const [path, text] of files) {
    if (!path.endsWith(".html")) continue;
    const html = text.replaceAll("&#x2F;", "/");
    for (const [, href = ""] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const target = new URL(href, new URL(path, url));
      if (target.origin !== new URL(url).origin) continue;
      const file = decodeURIComponent(target.pathname.slice(1));
      const found = files.get(file.replace(/(^|\/)$/, "$1index.html"));
      const id = decodeURIComponent(target.hash.slice(1));
      if (found === undefined || id && !found.includes(` id="${id}"`)) {
        broken.push(`${path}: ${href}`);
      }
    }
  }
  // `deno doc` shows the wrong one of two classes that a module exports under
  // each other's names.
  const renamed = /\/Lease\.html#accessor_token$/;
  assertEquals(broken.filter((link) => !renamed.test(link)), []);
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(
    `site: axe finds nothing to mend in ${colorScheme} mode`,
    outlived,
    async () => {
      const viewport = { width: 375, height: 667 };
      const page = await browser.newPage({ colorScheme, viewport });
      for (const path of PAGES.values()) {
        await page.goto(url + path);
        assertEquals(await violations(page), []);
        assertEquals(
          await page.evaluate("document.documentElement.scrollWidth"),
          375,
        );
      }
      await page.close();
    },
  );
}

Deno.test("site: the playground runs", outlived, async () => {
  const page = await browser.newPage();
  await page.goto(`${url}playground/index.html`);
  await page.locator("#bank").getByRole("button", { name: "Step" }).click();
  await page.getByText("ATM-A reads 0.").first().waitFor();
  await page.close();
});
