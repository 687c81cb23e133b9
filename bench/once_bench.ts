/**
 * A `once` that is done beside the promise that it comes down to. Each
 * iteration awaits 1 000 times.
 */

import { once } from "../once.ts";

const TIMES = 1_000;
const group = "a finished once";

const cached = Promise.resolve(42);
Deno.bench(
  { name: "await a cached promise", group, baseline: true },
  async () => {
    for (let i = 0; i < TIMES; i++) await cached;
  },
);

const init = once(() => 42);
await init();
Deno.bench({ name: "await the function", group }, async () => {
  for (let i = 0; i < TIMES; i++) await init();
});
