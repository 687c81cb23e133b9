/**
 * Three callers ask at once for five runs of a critical task. All go through one
 * lock: one run at a time, each caller in turn.
 *
 * ```sh
 * deno run examples/rate_limit.ts
 * ```
 *
 * A run takes until the next tick of a clock, so there is one run per tick. (A
 * comment in the source says two.) Without the lock, all five would be over after
 * two ticks. Time is counted in ticks, so that the output is the same on a slow
 * machine.
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Example 1: Using Locks for Rate Limiting"
 * (003_5c652c8e03ed51e7.txt).
 *
 * @module
 */

import { Lock } from "../mod.ts";

const lock = new Lock();

let time = 0;
let nextTick = Promise.withResolvers<void>();
const clock = setInterval(() => {
  time++;
  nextTick.resolve();
  nextTick = Promise.withResolvers();
}, 100);

async function criticalTask(run: string) {
  using _ = await lock.acquire();
  const start = time;
  await nextTick.promise; // the critical work
  console.log(`${run}: critical task ran from tick ${start} to tick ${time}`);
}

async function rateLimiter(caller: string, rate: number) {
  for (let run = 1; run <= rate; run++) {
    await criticalTask(`${caller}, run ${run}`);
  }
}

await Promise.all([
  rateLimiter("Caller A", 2),
  rateLimiter("Caller B", 2),
  rateLimiter("Caller C", 1),
]);
clearInterval(clock);
