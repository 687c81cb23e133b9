/**
 * Runs the example that is named, or lists them all with their lessons.
 *
 * ```sh
 * deno task example
 * deno task example bank --unsafe
 * ```
 *
 * @module
 */

const folder = new URL("../examples/", import.meta.url);
const files = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
  .filter((file) => file.endsWith(".ts"))
  .sort();

const [name] = Deno.args;

if (files.includes(`${name}.ts`)) {
  // In this process: to start another one takes a permission that amounts to
  // all permissions.
  const { main } = await import(new URL(`${name}.ts`, folder).href);
  await main?.(); // of an example that is a module too
} else {
  if (name !== undefined) {
    console.error(`Cannot run example "${name}": there are only those below\n`);
    Deno.exitCode = 1;
  }
  for (const file of files) {
    console.log(`${file.slice(0, -".ts".length)}\n    ${await lesson(file)}`);
  }
}

/** The first paragraph of the comment that the example begins with. */
async function lesson(file: string): Promise<string> {
  const source = await Deno.readTextFile(new URL(file, folder));
  const [paragraph = ""] = source.match(/(?<=^\/\*\*\n)( \* .+\n)+/) ?? [];
  return paragraph.replaceAll(/\n? \* /g, " ").trim();
}
