/**
 * Each example runs with the permissions that it needs, and no others. The
 * command in its header names them.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const DOCS = ["guide", "across", "migrating"].map((page) => `docs/${page}.md`);

/** Each example's header, and the flags of the first command in it. */
const examples = new Map<string, { header: string; flags: string[] }>();
for (const { name: file } of Deno.readDirSync(new URL("examples/", ROOT))) {
  if (!file.endsWith(".ts")) continue;
  const [header = ""] = read(`examples/${file}`).split("*/");
  const name = file.slice(0, -".ts".length);
  const command = header.match(
    RegExp(`^ \\* deno run (.*?)examples/${name}\\.ts\\b`, "m"),
  );
  assert(command !== null, `${file} does not say how to run it`);
  examples.set(name, { header, flags: words(command[1]!) });
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

async function deno(cwd: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    success,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Some commands leave files where they run, so that is a folder of its own. */
async function inNewFolder(work: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A program that prints what it may do, of all that some example may do. */
function probe(): string {
  const keys = { read: "path", write: "path", net: "host", run: "command" };
  const flags = [...examples.values()].flatMap(({ flags }) => flags);
  const asked = Object.entries(keys).flatMap(([name, key]) => [
    { name },
    ...flags.filter((flag) => flag.startsWith(`--allow-${name}=`))
      .flatMap((flag) => flag.split("=")[1]!.split(","))
      .map((value) => ({ name, [key]: value })),
  ]);
  const whole = ["env", "ffi", "sys"].map((name) => ({ name }));
  return `for (const permission of ${JSON.stringify([...asked, ...whole])}) {
    const { state } = Deno.permissions.querySync(permission);
    console.log(JSON.stringify(permission), state);
  }`;
}

Deno.test("deno task example gives each example the permissions that its header names", async () => {
  await inNewFolder(async (folder) => {
    await Deno.mkdir(`${folder}/tools`);
    await Deno.mkdir(`${folder}/examples`);
    for (const file of ["deno.json", "tools/example.ts"]) {
      await Deno.writeTextFile(`${folder}/${file}`, read(file));
    }
    for (const [name, { header, flags }] of examples) {
      const file = `examples/${name}.ts`;
      await Deno.writeTextFile(`${folder}/${file}`, `${header}*/\n${probe()}`);
      const byHand = await deno(folder, "run", ...flags, file);
      const byTask = await deno(folder, "task", "--quiet", "example", name);
      assertStringIncludes(byHand.stdout, "read");
      assertEquals(byTask, byHand, name);
    }
  });
});

for (const [name, { flags }] of examples) {
  for (const flag of flags) {
    Deno.test(`examples/${name}.ts needs ${flag}`, async () => {
      const [kind] = flag.match(/(?<=^--allow-)\w+/) ?? [];
      const others = flags.filter((other) => other !== flag);
      const { pathname } = new URL(`examples/${name}.ts`, ROOT);
      await inNewFolder(async (folder) => {
        const run = await deno(folder, "run", ...others, pathname);
        assertEquals(run.success, false);
        assertStringIncludes(run.stderr, `Requires ${kind} access`);
      });
    });
  }
}

Deno.test("the docs and the tests run each example with the flags of its header", () => {
  let commands = 0;
  for (
    const file of ["README.md", ...DOCS, "tests/programs/examples_test.ts"]
  ) {
    const found = read(file).matchAll(/\brun ([^`"\n]*)examples\/(\w+)\.ts/g);
    for (const [command, flags, name] of found) {
      commands++;
      const header = examples.get(name!);
      assertEquals(words(flags!), header?.flags, `${file}: ${command}`);
    }
  }
  assert(commands > 0);
});
