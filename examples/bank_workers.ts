/**
 * The bank's three cash machines run in three workers and keep the balance in a
 * file. Without a lock, deposits are lost, and also with a lock that does not reach
 * beyond its worker. With `WebLocks`, none is lost.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=.balance examples/bank_workers.ts
 * ```
 *
 * The source says that its lock does not reach beyond one event loop. The program
 * may read this folder because its workers load their code from here.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Not Thread-Safe".
 *
 * @module
 */

import { WebLocks } from "../across/workers.ts";
import { KeyedLock, type Locks } from "../mod.ts";

const LOCKS: Record<string, () => Locks | undefined> = {
  "no lock": () => undefined,
  "KeyedLock": () => new KeyedLock(),
  "WebLocks": () => new WebLocks(),
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const file = ".balance";

async function deposit(amount: number) {
  const balance = Number(await Deno.readTextFile(file));
  await pause(100); // the other machines run here
  await Deno.writeTextFile(file, `${balance + amount}`);
}

/** One cash machine: what runs in a worker. */
function machine() {
  const worker = globalThis as unknown as {
    onmessage: (event: MessageEvent<string>) => void;
    postMessage(message: unknown): void;
  };
  worker.onmessage = async ({ data: name }) => {
    const locks = LOCKS[name]!();
    if (locks === undefined) await deposit(100);
    else await locks.run("account", () => deposit(100));
    worker.postMessage("done");
  };
  worker.postMessage("ready");
}

/** Tells a worker which lock to use, if any, and waits for its next word. */
function hear(worker: Worker, name?: string): Promise<void> {
  return new Promise((resolve) => {
    worker.onmessage = () => resolve();
    if (name !== undefined) worker.postMessage(name);
  });
}

async function bank() {
  for (const name of Object.keys(LOCKS)) {
    await Deno.writeTextFile(file, "0");
    const workers = [1, 2, 3].map(() =>
      new Worker(import.meta.url, { type: "module" })
    );
    await Promise.all(workers.map((worker) => hear(worker)));
    await Promise.all(workers.map((worker) => hear(worker, name)));
    for (const worker of workers) worker.terminate();
    console.log(`${name}: ${await Deno.readTextFile(file)} (expected: 300)`);
  }
  await Deno.remove(file);
}

if ("WorkerGlobalScope" in globalThis) machine();
else await bank();
