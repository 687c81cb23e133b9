/**
 * The bank's three cash machines are three processes that keep the balance in a
 * file. Without a lock, deposits are lost, and also with a lock that does not reach
 * beyond its process. With `FileLocks`, none is lost.
 *
 * ```sh
 * deno run --allow-read=.bank --allow-write=.bank --allow-run examples/bank_processes.ts
 * ```
 *
 * @module
 */

import { FileLocks } from "../across/processes.ts";
import { KeyedLock, type Locks } from "../mod.ts";

const folder = ".bank";
const file = `${folder}/balance`;

const LOCKS: Record<string, () => Locks | undefined> = {
  "no lock": () => undefined,
  "KeyedLock": () => new KeyedLock(),
  "FileLocks": () => new FileLocks(`${folder}/locks`),
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function deposit(amount: number) {
  const balance = Number(await Deno.readTextFile(file));
  await pause(500); // the other machines run here
  await Deno.writeTextFile(file, `${balance + amount}`);
}

/** One cash machine: what runs in a process of its own. */
async function machine(name: string) {
  const locks = LOCKS[name]!();
  // All three are here before the first one begins.
  await Deno.stdout.write(new TextEncoder().encode("ready\n"));
  await Deno.stdin.read(new Uint8Array(1));
  if (locks === undefined) await deposit(100);
  else await locks.run("account", () => deposit(100));
}

async function bank() {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of Object.keys(LOCKS)) {
    await Deno.writeTextFile(file, "0");
    const machines = [1, 2, 3].map(() =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          `--allow-read=${folder}`,
          `--allow-write=${folder}`,
          import.meta.url,
          name,
        ],
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
    console.log(`${name}: ${await Deno.readTextFile(file)} (expected: 300)`);
  }
  await Deno.remove(folder, { recursive: true });
}

const [name] = Deno.args;
if (name !== undefined) await machine(name);
else await bank();
