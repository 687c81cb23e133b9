/**
 * Builds the site: API pages, guide and playground.
 *
 * ```sh
 * deno task docs
 * deno task docs https://example.com/source/ # links to files lead there
 * ```
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { run } from "../subprocess.ts";
import { mendApi } from "./api.ts";
import { makePage, PAGES } from "./pages.ts";

const root = new URL("../../", import.meta.url);

/**
 * Builds the site.
 *
 * @param site The folder for it, with a slash at the end. It is made anew.
 * @param source Where the files of the project can be read.
 */
export async function buildSite(site: URL, source?: string): Promise<void> {
  await Deno.remove(site, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const api = new URL("api/", site);
  await Deno.mkdir(api, { recursive: true });
  await buildApi(api, source);

  for (const [file, page] of PAGES) {
    const markdown = await Deno.readTextFile(new URL(file, root));
    const html = makePage(file, markdown, source);
    await Deno.writeTextFile(new URL(page, site), html);
    for (const [, image = ""] of html.matchAll(/<img src="([^"]*)"/g)) {
      await copy(image, site);
    }
  }
  for (const style of ["style.css", "api.css"]) {
    const file = new URL(style, import.meta.url);
    await Deno.copyFile(file, new URL(style, site));
  }
  await copyPlayground(new URL("playground/", site));
}

async function copy(path: string, site: URL) {
  const copied = new URL(path, site);
  await Deno.mkdir(new URL(".", copied), { recursive: true });
  await Deno.copyFile(new URL(path, root), copied);
}

async function buildApi(folder: URL, source?: string) {
  // Deno can write only to a disk that keeps `Once.html` and `once.html` apart.
  const made = await Deno.makeTempDir();
  const entries = Object.values(config.exports);
  await run(Deno.execPath(), [
    "doc",
    "--html",
    "--name=Holdfast",
    `--output=${made}`,
    ...entries,
  ]);
  const files = new Map<string, string>();
  const folderMade = new URL(`file://${made}/`);
  for await (const path of filesIn(folderMade)) {
    files.set(path, await Deno.readTextFile(new URL(path, folderMade)));
  }
  for (const [path, text] of mendApi(files, source)) {
    await write(new URL(path, folder), text);
  }
  await Deno.remove(made, { recursive: true });
}

async function* filesIn(folder: URL, path = ""): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(path, folder))
  ) {
    if (isDirectory) yield* filesIn(folder, `${path}${name}/`);
    else yield path + name;
  }
}

async function write(file: URL, text: string) {
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await Deno.writeTextFile(file, text);
}

async function copyPlayground(folder: URL) {
  const playground = new URL("examples/playground/", root);
  for await (const path of filesIn(playground)) {
    const text = await Deno.readTextFile(new URL(path, playground));
    await write(new URL(path, folder), linkToSite(text));
  }
}

// Alone, the playground links to JSR; here to the pages beside it.
function linkToSite(text: string): string {
  const jsr = `https://jsr.io/${config.name}`;
  return text.replaceAll(`"${jsr}"`, '"../index.html"').replaceAll(
    new RegExp(`${RegExp.escape(jsr)}/doc/([\\w-]+/~/\\w+)`, "g"),
    "../api/$1.html",
  );
}

if (import.meta.main) {
  await buildSite(new URL("site/", root), Deno.args[0]);
}
