/**
 * A function that runs once.
 *
 * @module
 */

import * as floors from "../floors.ts";
import type { Workload } from "../types.ts";
import { repeat } from "./pieces.ts";

export const finished: Workload = {
  id: "once",
  title: "`once()`, finished",
  of: "once",
  operations: 1,
  controls: [floors.CACHED],
  code: ({ make, acquire }) =>
    repeat(
      `const fn = async () => 1; const lock = ${make};`,
      `await ${acquire};`,
    ),
  check: ({ make, acquire }) =>
    repeat(
      `let runs = 0;
      const fn = async () => { await null; runs++; };
      const lock = ${make};`,
      `await Promise.all([${acquire}, ${acquire}]);
      if (runs !== 1) throw new Error("It ran " + runs + " times");`,
    ),
  lacking: "has none",
};
