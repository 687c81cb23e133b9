/**
 * Mends what `deno doc --html` makes.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { makeMenu } from "./pages.ts";

const root = new URL("../../", import.meta.url);

/**
 * Has the pages import what users import, adds the menu of the site, and gives
 * each page a name of its own on disks that ignore case: `Once.html` becomes
 * `Once.type.html`, since there is a `once.html`.
 *
 * @param files What each file holds, by its path.
 * @param source Where the files of the project can be read. If it is left out,
 * there are no links to them.
 */
export function mendApi(
  files: Map<string, string>,
  source?: string,
): Map<string, string> {
  const types = [...files.keys()].map(typeWithNameOfFunction(files))
    .filter((name) => name !== undefined);
  return new Map(
    [...files].map(([path, text]) => {
      const mended = path.endsWith(".html")
        ? mendPage(path, text, source)
        : mendSearch(text);
      return [renamePages(path, types), renamePages(mended, types)];
    }),
  );
}

function mendPage(path: string, text: string, source?: string): string {
  const toSite = "../".repeat(path.split("/").length);
  return linkToSource(nameModules(text), source)
    .replace("<html>", '<html lang="en">')
    .replace(
      "</head>",
      `<link rel="icon" href="data:,">
<link rel="stylesheet" href="${toSite}api.css"></head>`,
    )
    .replace("<body>", `<body>\n${makeMenu("api/index.html", toSite)}`)
    .replaceAll(
      '<button class="copyButton"',
      '<button class="copyButton" aria-label="Copy"',
    )
    // It holds more than items.
    .replace('<ul class="breadcrumbs"', '<ul class="breadcrumbs" role="none"')
    // It can be scrolled sideways, so the keyboard has to reach it.
    .replaceAll(
      '<code class="language-',
      '<code tabindex="0" class="language-',
    );
}

// The search makes addresses of names, so it would miss the renamed pages.
function mendSearch(text: string): string {
  return text.replace("${result.file}/~/${result.name}.html", "${result.url}");
}

/** It links to the files of the disk on which the site is made. */
function linkToSource(text: string, source?: string): string {
  return text.replaceAll(
    /<a\s+class="sourceButton"\s+href="([^"]*)">(.*?<\/a>)/gs,
    (_, href, content) => {
      const file = href.replaceAll("&#x2F;", "/").slice(root.href.length);
      return source
        ? `<a class="sourceButton" aria-label="Source" href="${
          source + file
        }">${content}`
        : "";
    },
  );
}

function typeWithNameOfFunction(files: Map<string, string>) {
  return (path: string) => {
    const [, folder, initial = "", rest] = /^(.*~\/)([A-Z])(\w*)\.html$/
      .exec(path) ?? [];
    const other = `${folder}${initial.toLowerCase()}${rest}.html`;
    return files.has(other) ? initial + rest : undefined;
  };
}

function renamePages(text: string, types: string[]): string {
  return types.reduce(
    (text, type) =>
      text.replaceAll(
        new RegExp(`(~(?:/|&#x2F;)${type})(?=\\.html)`, "g"),
        "$1.type",
      ),
    text,
  );
}

// It calls an entry point "lock" or ".", not "@holdfast/sync/lock".
function nameModules(text: string): string {
  return Object.keys(config.exports).reduce((text, entry) => {
    const short = entry.replace(/^\.\//, "");
    const full = config.name + entry.slice(1);
    return text
      .replaceAll(`from &quot;${short}&quot;`, `from &quot;${full}&quot;`);
  }, text);
}
