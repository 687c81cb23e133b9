/**
 * Runs other programs, for the tools that need them.
 *
 * @module
 */

import { stdOptions } from "./std_source.ts";

/**
 * Runs a program, in the project's folder unless another is named.
 *
 * @returns What it printed.
 * @throws {Error} If it fails. The message shows what it printed.
 */
export async function run(
  program: string,
  args: string[],
  cwd: string | URL = new URL("../", import.meta.url),
): Promise<string> {
  const command = new Deno.Command(program, { args, cwd });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const printed = decoder.decode(stdout);
  if (success) return printed;
  throw new Error(
    `${program} ${args.join(" ")} failed\n${printed}${decoder.decode(stderr)}`,
  );
}

/** Bundles a module for any runtime and returns the code. */
export async function bundle(
  file: string,
  options: string[] = [],
  cwd?: string,
): Promise<string> {
  const args = ["bundle", "--quiet", "--platform=browser", ...options, file];
  return await run(Deno.execPath(), args, cwd);
}

/**
 * Bundles a module with the conformance suite and the parts of `@std` that the
 * suite needs. The bundle imports the library by its name.
 */
export async function bundleSuite(file: string): Promise<string> {
  const library = "../../mod.ts"; // as the suite imports it
  const std = await stdOptions();
  const code = await bundle(file, [`--external=${library}`, ...std]);
  return code.replaceAll(`"${library}"`, '"@holdfast/sync"');
}

/** Bundles a program with a watch. The bundle imports the library by its name. */
export async function bundleWatched(file: string): Promise<string> {
  const root = "../".repeat(file.split("/").length - 1); // as the program has it
  const [library, watch] = [`${root}mod.ts`, `${root}watch.ts`];
  const external = [library, watch].map((file) => `--external=${file}`);
  const code = await bundle(file, external);
  return code.replaceAll(`"${library}"`, '"@holdfast/sync"')
    .replaceAll(`"${watch}"`, '"@holdfast/sync/watch"');
}
