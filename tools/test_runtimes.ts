/**
 * Installs the npm form of the package as a user would, and tests it there. Runs
 * the suite on other runtimes, compiles a program against the types, and examines
 * the package itself. Everything that this needs comes from npm.
 *
 * ```sh
 * deno task test:runtimes
 * ```
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { pack } from "./pack.ts";
import { expected, steady } from "../tests/watch/programs/expected.ts";
import { bundle, bundleSuite, bundleWatched, run } from "./subprocess.ts";

const RUNTIMES = new URL("runtimes/", import.meta.url);
const WORKERD = "workerd@1.20261117.1";
const HANGS = "tests/watch/programs/main.ts";

/** Returns what to print if all is well, else throws. */
type Check = () => Promise<string>;

const checks: Record<string, Check> = {
  // It has no `Symbol.dispose` yet.
  "Node 18.17": () => suiteOn("node@18.17", "node"),
  "Node 20": () => suiteOn("node@20", "node"),
  "Node 22": () => suiteOn("node@22", "node"),
  "Node 24": () => suiteOn("node@24", "node"),
  "Bun 1": () => suiteOn("bun@1", "bun"),
  "workerd": suiteOnWorkerd,
  "watch on Node 20": () => watchOn("node@20", "node", "--expose-gc"),
  "watch on Node 22": () => watchOn("node@22", "node", "--expose-gc"),
  "watch on Node 24": () => watchOn("node@24", "node", "--expose-gc"),
  "watch on Bun 1": () => watchOn("bun@1", "bun"),
  "watch on workerd": watchOnWorkerd,
  "TypeScript 5.9": () => compile("typescript@5.9"),
  "TypeScript latest": () => compile("typescript@latest"),
  "entry points": importEach,
  "contents": examineContents,
  "attw": examineTypes,
  "publint": examinePackage,
};

const project = await Deno.makeTempDir();
try {
  await prepare();
  for (const [name, check] of Object.entries(checks)) {
    try {
      console.log(`${name}: ${await check()}`);
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`);
      Deno.exitCode = 1;
    }
  }
} finally {
  await Deno.remove(project, { recursive: true });
}

/** Installs the package in an empty project, with the programs that use it. */
async function prepare(): Promise<void> {
  await Deno.rename(await pack(project), `${project}/package.tgz`);
  await Deno.writeTextFile(`${project}/package.json`, '{ "type": "module" }');
  await run("npm", ["install", "package.tgz", "@types/node@24"], project);
  for (const file of ["consumer.ts", "workerd.capnp", "workerd_watch.capnp"]) {
    await Deno.copyFile(new URL(file, RUNTIMES), `${project}/${file}`);
  }
  for (const name of ["main", "worker"]) {
    const code = await bundleSuite(`tools/runtimes/${name}.ts`);
    await Deno.writeTextFile(`${project}/${name}.js`, code);
  }
}

/** Runs a command of an npm package in the project. */
async function npx(name: string, ...command: string[]): Promise<string> {
  const printed = await run("npx", ["-y", "-p", name, ...command], project);
  return printed.trim();
}

/** Runs the suite on a runtime that is like Node. */
async function suiteOn(name: string, command: string): Promise<string> {
  const counts = await npx(name, command, "main.js");
  return `${counts} (${await npx(name, command, "--version")})`;
}

/** Runs the programs that hang. Each has to say why, as it does in Deno. */
async function watchOn(name: string, ...command: string[]): Promise<string> {
  await Deno.writeTextFile(`${project}/hangs.js`, await bundleWatched(HANGS));
  const programs = Object.entries(expected);
  for (const [program, meant] of programs) {
    const printed = steady(await npx(name, ...command, "hangs.js", program));
    if (printed !== meant) throw new Error(`${program} prints\n${printed}`);
  }
  return `${programs.length} programs tell the same as in Deno`;
}

async function suiteOnWorkerd(): Promise<string> {
  await bundleWorker("worker.js");
  const counts = await workerd("workerd.capnp");
  return `${counts} (${await npx(WORKERD, "workerd", "--version")})`;
}

/** Also with the names of Node, and as workerd was before it had weak references. */
async function watchOnWorkerd(): Promise<string> {
  const code = await bundleWatched("tools/runtimes/watch_worker.ts");
  await Deno.writeTextFile(`${project}/watch_worker.js`, code);
  await bundleWorker("watch_worker.js");
  const told = (await workerd("workerd_watch.capnp")).split("\n");
  return `${told.length} workers tell what hangs`;
}

async function workerd(config: string): Promise<string> {
  return await npx(WORKERD, "workerd", "test", config);
}

/** workerd does not look into node_modules, so it gets one bundle. */
async function bundleWorker(file: string): Promise<void> {
  const worker = await bundle(file, [], project);
  await Deno.writeTextFile(`${project}/${file}`, worker);
}

/** Compiles the program with every setting that finds the types. */
async function compile(name: string): Promise<string> {
  const modules = [
    { module: "node16", moduleResolution: "node16" },
    { module: "esnext", moduleResolution: "bundler" },
  ];
  const globals = [
    { lib: ["es2022", "esnext.disposable", "dom"], types: [] },
    { lib: ["es2022", "esnext.disposable"], types: ["node"] },
  ];
  const ways = modules.flatMap((m) => globals.map((g) => ({ ...m, ...g })));
  const common = { target: "es2022", strict: true, skipLibCheck: false };
  for (const way of ways) {
    const compilerOptions = { ...common, ...way, noEmit: true };
    const config = JSON.stringify({ compilerOptions, files: ["consumer.ts"] });
    await Deno.writeTextFile(`${project}/tsconfig.json`, config);
    await npx(name, "tsc");
  }
  return `compiles in ${ways.length} ways (${await npx(name, "tsc", "-v")})`;
}

/** Imports each entry point, and compares its exports with the module's. */
async function importEach(): Promise<string> {
  const entries = Object.entries(config.exports);
  for (const [path, file] of entries) {
    const name = config.name + path.slice(1);
    const code = `console.log(Object.keys(await import("${name}")).join())`;
    const exported = await npx(
      "node@20",
      "node",
      "--input-type=module",
      "-e",
      code,
    );
    const meant = Object.keys(await import(`../${file}`)).join();
    if (exported !== meant) throw new Error(`${name} exports ${exported}`);
  }
  return `${entries.length} can be imported`;
}

/** Looks for what must not be published: other files, and local paths. */
async function examineContents(): Promise<string> {
  const meant = new RegExp(
    "^(package\\.json|(README|CHANGELOG)\\.md|LICENSE|" +
      "((_core|_core/watch|across)/)?\\w+\\.(js|d\\.ts))$",
  );
  const folder = `${project}/node_modules/@holdfast/sync`;
  const names = filesIn(folder);
  for (const name of names) {
    if (!meant.test(name)) throw new Error(`${name} must not be published`);
    const text = await Deno.readTextFile(`${folder}/${name}`);
    if (!/sourceMappingURL|file:\/\//.test(text)) continue;
    throw new Error(`${name} contains paths of this machine`);
  }
  return `${names.length} files`;
}

/** The files below a folder, by their paths inside it. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? filesIn(`${folder}/${name}`).map((path) => `${name}/${path}`)
      : [name]
  );
}

async function examineTypes(): Promise<string> {
  const name = "@arethetypeswrong/cli@0.18.5";
  // The package and its types are only for `import`.
  await npx(name, "attw", "package.tgz", "--profile=esm-only");
  return `finds nothing wrong (${name})`;
}

async function examinePackage(): Promise<string> {
  const name = "publint@0.3.25";
  await npx(name, "publint", "package.tgz", "--strict");
  return `finds nothing wrong (${name})`;
}
