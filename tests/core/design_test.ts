/** The page about the private parts names each of them, and no other. */

import { assertEquals } from "@std/assert";

Deno.test("the table of _core/DESIGN.md has a row for each file", () => {
  const folder = new URL("../../_core/", import.meta.url);
  const page = Deno.readTextFileSync(new URL("DESIGN.md", folder));
  const listed = Array.from(page.matchAll(/^\| `(.+?)`/gm), ([, name]) => name);
  const files = Array.from(
    Deno.readDirSync(folder),
    ({ name, isDirectory }) =>
      isDirectory ? `${name}/` : name.replace(/^lint_.*/, "lint_*.ts"),
  );
  const parts = new Set(files.filter((name) => name !== "DESIGN.md"));
  assertEquals(listed.sort(), [...parts].sort());
});
