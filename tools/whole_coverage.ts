/**
 * Removes coverage data that is not whole: the tests kill processes and
 * terminate workers, some of them while they write theirs. Without this,
 * `deno coverage` fails to read it.
 *
 * ```sh
 * deno run -R=cov -W=cov tools/whole_coverage.ts cov
 * ```
 *
 * @module
 */

const [folder = "cov"] = Deno.args;
for (const { name } of Deno.readDirSync(folder)) {
  if (!name.endsWith(".json")) continue;
  const path = `${folder}/${name}`;
  try {
    JSON.parse(Deno.readTextFileSync(path));
  } catch {
    Deno.removeSync(path);
  }
}
