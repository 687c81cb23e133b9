/**
 * Mends what `deno doc --html` makes.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

/**
 * Has the pages import what users import, and gives each page a name of its own
 * on disks that ignore case: `Once.html` becomes `Once.type.html`, since there
 * is a `once.html`.
 *
 * @param files What each file holds, by its path.
 */
export function mendApi(files: Map<string, string>): Map<string, string> {
  const types = [...files.keys()].map(typeWithNameOfFunction(files))
    .filter((name) => name !== undefined);
  return new Map(
    [...files].map(([path, text]) => [
      renamePages(path, types),
      renamePages(nameModules(text), types),
    ]),
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
