/** `Semaphore` beside what the same work costs by hand, for `deno bench`. */

import { benchmark } from "./peers/register.ts";

await benchmark(["semaphore", "semaphore-10", "semaphore-1000", "one-permit"]);
