/**
 * All tests that run in seconds, as one module: the mutation run starts them
 * once for each mutant, and one module loads twice as fast as one for each file.
 *
 * @module
 */

/** Folders whose tests take longer, write files, start programs or a browser. */
const SLOW = ["across", "browser", "model", "programs"];

for (const { name: folder, isDirectory } of Deno.readDirSync("tests")) {
  if (!isDirectory || SLOW.includes(folder)) continue;
  for (const { name } of Deno.readDirSync(`tests/${folder}`)) {
    if (name.endsWith("_test.ts")) await import(`./${folder}/${name}`);
  }
}
