/**
 * Makes the npm form of the package: a tarball, in the named folder or else in the
 * current one.
 *
 * ```sh
 * deno task pack
 * ```
 *
 * @module
 */

import { run } from "./subprocess.ts";

/** What `deno pack` leaves out of package.json. */
const FIELDS = {
  description:
    "Synchronization primitives for asynchronous code, such as Lock and Semaphore",
  keywords: ["lock", "mutex", "semaphore", "async", "asyncio", "abortsignal"],
  sideEffects: false,
};

/** Packs the package into a folder and returns the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const to = await Deno.realPath(folder);
  const work = await Deno.makeTempDir();
  try {
    await run(Deno.execPath(), [
      "pack",
      "--no-source-maps", // they would carry the paths of this machine
      "--allow-dirty",
      `--output=${work}/package.tgz`,
    ]);
    await run("tar", ["-xzf", "package.tgz"], work);
    const manifest = `${work}/package/package.json`;
    const fields = JSON.parse(await Deno.readTextFile(manifest));
    Object.assign(fields, FIELDS);
    await Deno.writeTextFile(manifest, JSON.stringify(fields, null, 2) + "\n");
    const args = ["pack", "--ignore-scripts", `--pack-destination=${to}`];
    const name = await run("npm", args, `${work}/package`);
    return `${to}/${name.trim()}`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

if (import.meta.main) console.log(await pack(Deno.args[0] ?? "."));
