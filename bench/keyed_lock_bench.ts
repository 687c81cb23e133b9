/** `KeyedLock` beside what the same work costs by hand, for `deno bench`. */

import { benchmark } from "./peers/register.ts";

await benchmark([
  "keys-1",
  "keys-1000",
  "keys-contended-1",
  "hot-0",
  "hot-100000",
]);
