/**
 * The suite as a program, for Node and Bun.
 *
 * @module
 */

import { runSuite } from "./run_suite.ts";

console.log(await runSuite());
