/**
 * Runs the example that is named, or lists all examples with their lessons.
 *
 * ```sh
 * deno task example
 * deno task example bank --unsafe
 * ```
 *
 * @module
 */

const root = new URL("../", import.meta.url);
const folder = new URL("examples/", root);
const files = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
  .filter((file) => file.endsWith(".ts"))
  .sort();

const [name, ...options] = Deno.args;
const file = `${name}.ts`;

if (files.includes(file)) {
  // In a process of its own, with the permissions that its header names.
  const { success, code } = await new Deno.Command(Deno.execPath(), {
    args: [...await command(file), ...options],
    cwd: root,
  }).spawn().status;
  if (!success) Deno.exitCode = code;
} else {
  if (name !== undefined) {
    console.error(
      `Cannot run example "${name}": there are only the examples below\n`,
    );
    Deno.exitCode = 1;
  }
  for (const file of files) {
    console.log(`${file.slice(0, -".ts".length)}\n    ${await lesson(file)}`);
  }
}

/** The command in the example's header, without the word `deno`. */
async function command(file: string): Promise<string[]> {
  const source = await Deno.readTextFile(new URL(file, folder));
  const [words = ""] = source.match(/(?<=^ \* deno )run .*\.ts\b/m) ?? [];
  return words.split(" ");
}

/** The first paragraph of the comment that the example begins with. */
async function lesson(file: string): Promise<string> {
  const source = await Deno.readTextFile(new URL(file, folder));
  const [paragraph = ""] = source.match(/(?<=^\/\*\*\n)( \* .+\n)+/) ?? [];
  return paragraph.replaceAll(/\n? \* /g, " ").trim();
}
