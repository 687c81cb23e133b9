/**
 * The suite as a worker, for `workerd test`.
 *
 * @module
 */

import { runSuite } from "./run_suite.ts";

export default {
  async test(): Promise<void> {
    console.log(await runSuite());
  },
};
