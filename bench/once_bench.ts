/** `once` beside what the same work costs by hand, for `deno bench`. */

import { benchmark } from "./peers/register.ts";

await benchmark(["once"]);
