/**
 * Many requests need something that should run only once. A lock and a flag do
 * that if all requests share them. `once` needs neither.
 *
 * ```sh
 * deno run examples/run_once.ts
 * ```
 *
 * In the source, `key` and `lock` are local: each request has its own, and every
 * one of them runs the work. That form comes first.
 *
 * The source repeats the work in a loop until it succeeds. With `once`, the work
 * may fail: everyone who waits hears of it, and the next request tries again.
 *
 * Source: Stack Overflow, "what's Python asyncio.Lock() for?", question
 * 25799576, the last answer.
 *
 * @module
 */

import { Lock, once } from "../mod.ts";

// Random numbers from a seed, so that the output is always the same.
let seed = 67;
const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;

let key = false;
let runs = 0;
async function onlyRunOnce() {
  runs++;
  while (true) {
    if (random() > 0.5) {
      key = true;
      break;
    }
    await pause(1000);
  }
}

async function requestByMany() {
  const key = false; // not the one that onlyRunOnce() sets
  const lock = new Lock(); // nobody else sees it
  using _ = await lock.acquire();
  if (!key) await onlyRunOnce();
}

const lock = new Lock();
async function requestSharing() {
  using _ = await lock.acquire();
  if (!key) await onlyRunOnce();
}

const requestOnce = once(async function requestOnce() {
  await onlyRunOnce();
});

const tryOnce = once(() => {
  runs++;
  if (random() <= 0.5) throw new Error("Not yet");
  return "done";
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const request of [requestByMany, requestSharing, requestOnce]) {
  runs = 0;
  key = false;
  await Promise.all([request(), request(), request()]);
  console.log(`Runs for 3 requests by ${request.name}: ${runs}`);
}

console.log("--- A failure is not remembered ---");
runs = 0;
for (let request = 1; request <= 4; request++) {
  const answer = await tryOnce().catch((error) => `${error}`);
  console.log(`Request ${request}: ${answer} (runs: ${runs})`);
}
