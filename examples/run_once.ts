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
 * Source: Stack Overflow, "what's Python asyncio.Lock() for?", question
 * 25799576, the last answer.
 *
 * @module
 */

import { Lock, once } from "../mod.ts";

// Random numbers from a seed, so that the output is always the same.
let seed = 30;
const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;

let runs = 0;
async function onlyRunOnce() {
  runs++;
  while (true) {
    if (random() > 0.5) break;
    await pause(1000);
  }
}

async function requestByMany() {
  const key = false; // nobody else sees it, nor the lock
  const lock = new Lock();
  using _ = await lock.acquire();
  if (!key) await onlyRunOnce();
}

let key = false;
const lock = new Lock();
async function requestSharing() {
  using _ = await lock.acquire();
  if (!key) await onlyRunOnce();
  key = true;
}

const requestOnce = once(async function requestOnce() {
  await onlyRunOnce();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const request of [requestByMany, requestSharing, requestOnce]) {
  runs = 0;
  await Promise.all([request(), request(), request()]);
  console.log(`Runs for 3 requests by ${request.name}: ${runs}`);
}
