/**
 * The bank's three cash machines are three processes that keep the balance in a
 * file. Without a lock, deposits are lost, and also with a lock that does not reach
 * beyond its process. With `FileLocks`, none is lost.
 *
 * ```sh
 * deno run --allow-read --allow-write --allow-run examples/bank_processes.ts
 * ```
 *
 * @module
 */

import { FileLocks } from "../across/processes.ts";
import { KeyedLock, type Locks } from "../mod.ts";

const LOCKS: Record<string, (folder: string) => Locks | undefined> = {
  "no lock": () => undefined,
  "KeyedLock": () => new KeyedLock(),
  "FileLocks": (folder) => new FileLocks(`${folder}/locks`),
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function deposit(file: string, amount: number) {
  const balance = Number(await Deno.readTextFile(file));
  await pause(500); // the other machines run here
  await Deno.writeTextFile(file, `${balance + amount}`);
}

/** One cash machine: what runs in a process of its own. */
async function machine(folder: string, name: string) {
  const locks = LOCKS[name]!(folder);
  const file = `${folder}/balance`;
  // All three are here before the first one begins.
  await Deno.stdout.write(new TextEncoder().encode("ready\n"));
  await Deno.stdin.read(new Uint8Array(1));
  if (locks === undefined) await deposit(file, 100);
  else await locks.run("account", () => deposit(file, 100));
}

async function bank() {
  const folder = await Deno.makeTempDir();
  for (const name of Object.keys(LOCKS)) {
    await Deno.writeTextFile(`${folder}/balance`, "0");
    const machines = [1, 2, 3].map(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", import.meta.url, folder, name],
        stdin: "piped",
        stdout: "piped",
      }).spawn()
    );
    const ready = machines.map(async ({ stdout }) => {
      const reader = stdout.getReader();
      await reader.read();
      return reader;
    });
    await Promise.all(ready);
    for (const { stdin } of machines) await stdin.close();
    await Promise.all(machines.map(({ status }) => status));
    const balance = await Deno.readTextFile(`${folder}/balance`);
    console.log(`${name}: ${balance} (expected: 300)`);
  }
  await Deno.remove(folder, { recursive: true });
}

const [folder, name] = Deno.args;
if (folder !== undefined && name !== undefined) await machine(folder, name);
else await bank();
