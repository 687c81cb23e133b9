/** `Lock` beside what the same work costs by hand, for `deno bench`. */

import { benchmark } from "./peers/register.ts";

await benchmark([
  "guard",
  "hand",
  "try",
  "using",
  "run-async",
  "run-sync",
  "contended-10",
  "contended-1000",
  "come-and-go-10",
  "queued-10",
]);
