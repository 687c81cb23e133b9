/**
 * Many requests need the same initialisation. They share each try, a failure is
 * not remembered, and after the first success it never runs again.
 *
 * ```sh
 * deno run examples/run_once.ts
 * ```
 *
 * Source: "what's Python asyncio.Lock() for?", Stack Overflow 25799576, the last
 * answer (002_4d5797e1a7e327bd.txt, 004_31e71c81b265f56d.txt).
 *
 * @module
 */

import { once } from "../mod.ts";

// Random numbers from a seed, so that the output is always the same.
let seed = 1;
const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;

let tries = 0;
const initialise = once(async () => {
  console.log(`Initialisation, try ${++tries}`);
  await pause(10);
  if (random() <= 0.5) throw new Error("No luck");
  return `initialised by try ${tries}`;
});

async function request(name: string) {
  while (true) {
    try {
      console.log(`${name}: ${await initialise()}`);
      return;
    } catch (error) {
      console.log(`${name}: ${error} (will try again)`);
      await pause(10);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await Promise.all(["Request 1", "Request 2", "Request 3"].map(request));
await request("Request 4, which comes later");
console.log(`Tries: ${tries}`);
