/**
 * Workers start only when the settings are loaded. A closed gate holds up the
 * workers that come early. Once it is open, nobody waits.
 *
 * ```sh
 * deno run examples/start_gate.ts
 * ```
 *
 * A gate can close again, for example for maintenance. For something that
 * happens once and gives a value, use `once`.
 *
 * @module
 */

import { Gate } from "../mod.ts";

const ready = new Gate();

async function worker(name: string) {
  console.log(`${name} comes`);
  await ready.wait();
  console.log(`${name} starts`);
}

async function load() {
  await pause(50);
  console.log(`The settings are loaded, ${ready.waiting} workers wait`);
  ready.open();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await Promise.all([worker("Worker 1"), worker("Worker 2"), load()]);
await worker("Worker 3");

ready.close();
console.log("Closed for maintenance");
const late = worker("Worker 4");
console.log(`${ready.waiting} worker waits`);
ready.open();
await late;
