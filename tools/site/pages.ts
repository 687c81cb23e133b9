/**
 * Makes pages of the texts of the project.
 *
 * @module
 */

import { Marked } from "npm:marked@18.2.1";

/** The texts that become pages, each with its page. */
export const PAGES: ReadonlyMap<string, string> = new Map([
  ["README.md", "index.html"],
  ["docs/guide.md", "guide.html"],
  ["docs/migrating.md", "migrating.html"],
  ["CHANGELOG.md", "changelog.html"],
]);

const MENU = [
  ["index.html", "Holdfast"],
  ["guide.html", "Guide"],
  ["migrating.html", "Migrating"],
  ["api/index.html", "API"],
  ["playground/index.html", "Playground"],
];

/**
 * Makes a page.
 *
 * @param file The path of the text.
 * @param markdown What the text says.
 * @param source Where the other files of the project can be read. If it is
 * left out, links to them become plain words.
 */
export function makePage(
  file: string,
  markdown: string,
  source?: string,
): string {
  const page = PAGES.get(file);
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const content = this.parser.parseInline(tokens);
        return `<h${depth} id="${slug(text)}">${content}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const content = this.parser.parseInline(tokens);
        const target = resolve(href, file, source);
        return target ? `<a href="${target}">${content}</a>` : content;
      },
      // It can be scrolled sideways, so the keyboard has to reach it.
      code({ text }) {
        return `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`;
      },
      // The site has a copy of it, at the same path.
      image({ href, text }) {
        const path = new URL(href, `file:///${file}`).pathname.slice(1);
        return `<img src="${path}" alt="${escape(text)}">`;
      },
    },
  });
  const title = /^# (.*)/m.exec(markdown)?.[1] ?? "Holdfast";
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
${makeMenu(page)}
<main>
${wrapTables(marked.parse(markdown, { async: false }))}</main>
</html>
`;
}

/**
 * Makes the menu of the site.
 *
 * @param current The page that it is on.
 * @param toSite The way from there to the folder of the site.
 */
export function makeMenu(current?: string, toSite = ""): string {
  const links = MENU.map(([href, name]) =>
    `<a href="${toSite}${href}"${
      href === current ? ' aria-current="page"' : ""
    }>${name}</a>`
  );
  return `<nav class="menu" aria-label="Site">
${links.join("\n")}
</nav>`;
}

function wrapTables(html: string): string {
  return html
    .replaceAll("<table>", '<div class="table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}

/** Where a link of a text leads on the site. */
function resolve(href: string, file: string, source?: string) {
  if (/^(\w+:|#)/.test(href)) return href;
  const url = new URL(href, `file:///${file}`);
  const path = url.pathname.slice(1);
  const page = PAGES.get(path);
  if (page !== undefined) return page + url.hash;
  return source && source + path + url.hash;
}

/** The anchor of a heading, as GitHub makes it. */
function slug(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
