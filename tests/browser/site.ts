/**
 * Builds the site and looks at it in Chromium.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { BrowserContextOptions, Page } from "../../tools/chromium.ts";
import config from "../../deno.json" with { type: "json" };
import { buildSite } from "../../tools/site/main.ts";
import { mendApi } from "../../tools/site/api.ts";
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

// A host may show a site below a folder, as GitHub Pages does.
const FOLDER = "holdfast/";
const url = serve((request) => {
  const path = fileOf(new URL(request.url));
  const type = path.endsWith(".js")
    ? "text/javascript"
    : path.endsWith(".css")
    ? "text/css"
    : "text/html";
  return new Response(files.get(path), {
    headers: { "content-type": type },
    status: files.has(path) ? 200 : 404,
  });
}) + FOLDER;

/** The path of the file that an address of the site stands for. */
function fileOf({ pathname }: URL): string {
  const [, path = "outside of the site"] =
    decodeURIComponent(pathname).match(`^/${FOLDER}(.*)`) ?? [];
  return path.replace(/(^|\/)$/, "$1index.html");
}

/** Opens a page that has to come without a fault. */
async function testPage(
  path: string,
  fn: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
) {
  const page = await browser.newPage(options);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`${path}: ${error.stack}`));
  page.on("console", (message) => faults.push(`${path}: ${message.text()}`));
  await page.goto(url + path);
  await fn(page);
  await page.close();
  assertEquals(faults, []);
}

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
    for (const [, href = ""] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const target = new URL(href, new URL(path, url));
      if (/^(https|data):$/.test(target.protocol)) continue;
      const found = files.get(fileOf(target));
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

Deno.test("site: API pages link to the sources if it is known where they are", () => {
  const root = import.meta.resolve("../../").replaceAll("/", "&#x2F;");
  const button = (href: string) =>
    `<a\n  class="sourceButton"\n  href="${href}">here</a>`;
  const mend = (source?: string) =>
    mendApi(
      new Map([["a.html", button(`${root}across&#x2F;redis.ts`)]]),
      source,
    )
      .get("a.html");
  const source = "https://example.com/source/";
  assertMatch(
    `${mend(source)}`,
    / href="https:\/\/example.com\/source\/across\/redis.ts">here</,
  );
  assertEquals(mend(), "");
});

Deno.test("site: the search leads to pages", outlived, async () => {
  await testPage("api/lock/~/Lock.html", async (page) => {
    await page.getByRole("textbox").fill("once");
    const links = page.locator("#searchResults a");
    await links.first().waitFor();
    const found = await links.all();
    const paths = await Promise.all(found.map(async (link) => {
      return fileOf(new URL(`${await link.getAttribute("href")}`, page.url()));
    }));
    assert(paths.includes("api/once/~/Once.type.html"));
    assertEquals(paths.filter((path) => !files.has(path)), []);
  });
});

const API_PAGES = [
  "api/index.html",
  "api/all_symbols.html",
  "api/once/index.html",
  "api/lock/~/Lock.html",
  "api/semaphore/~/Semaphore.prototype.resize.html",
];

for (const colorScheme of ["light", "dark"] as const) {
  const options = { colorScheme, viewport: { width: 375, height: 667 } };

  Deno.test(
    `site: axe finds nothing to mend in ${colorScheme} mode`,
    outlived,
    async () => {
      for (const path of PAGES.values()) {
        await testPage(path, async (page) => {
          assertEquals(await violations(page), []);
          assertEquals(await widthOf(page), 375);
        }, options);
      }
    },
  );

  Deno.test(
    `site: axe finds nothing that WCAG forbids in API pages in ${colorScheme} mode`,
    outlived,
    async () => {
      for (const path of API_PAGES) {
        await testPage(path, async (page) => {
          await page.locator(`html.${colorScheme}`).waitFor();
          const found = await violations(page, ["wcag2a", "wcag2aa"]);
          assertEquals(found, []);
          assertEquals(await widthOf(page), 375);
        }, options);
      }
    },
  );
}

const widthOf = (page: Page) =>
  page.evaluate("document.documentElement.scrollWidth");

Deno.test(
  "site: one can go from page to page and run the playground",
  outlived,
  async () => {
    await testPage("index.html", async (page) => {
      const menu = page.getByRole("navigation", { name: "Site" });
      await menu.getByRole("link", { name: "Guide" }).click();
      await menu.getByRole("link", { name: "API" }).click();
      await page.getByRole("link", { name: "Semaphore" }).first().click();
      await menu.getByRole("link", { name: "Playground" }).click();
      await page.locator("#bank").getByRole("button", { name: "Step" }).click();
      await page.getByText("ATM-A reads 0.").first().waitFor();
      await page.locator("#keys").getByRole("link", { name: "KeyedLock" })
        .click();
      await page.waitForURL(`${url}api/keyed-lock/~/KeyedLock.html`);
      await page.goBack();
      await page.getByRole("link", { name: "Holdfast" }).click();
      await page.waitForURL(`${url}index.html`);
    });
  },
);
