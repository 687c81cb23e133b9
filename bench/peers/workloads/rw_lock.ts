/**
 * Read-write locks.
 *
 * @module
 */

import * as floors from "../floors.ts";
import type { Ways, Workload } from "../types.ts";
import { allOf, byAnyMeans, type Code, COUNT, DONE, repeat } from "./pieces.ts";

const TASKS = 1_000;

/** Many tasks come at once, and one in twenty writes. */
function mostlyReaders(read: string, write: string, after = "") {
  return (ways: Ways): Code => {
    const reading = ways.read && byAnyMeans(ways.read, read);
    const writing = ways.write && byAnyMeans(ways.write, write);
    return reading && writing && repeat(
      `const lock = ${ways.make};
      ${COUNT}
      let readers = 0, writers = 0, most = 0;
      async function reader() { ${reading} ${DONE} }
      async function writer() { ${writing} ${DONE} }`,
      `${allOf(TASKS, "j % 20 === 19 ? writer() : reader()")} ${after}`,
    );
  };
}

export const rwLock: Workload = {
  id: "readers",
  title: "1 000 tasks at once, 95 % readers",
  of: "rwLock",
  operations: TASKS,
  controls: [floors.READERS],
  code: mostlyReaders("await null;", "await null;"),
  check: mostlyReaders(
    `if (writers > 0) throw new Error("A reader and a writer are inside");
    most = Math.max(most, ++readers);
    await null;
    readers--;`,
    `if (readers + writers > 0) throw new Error("The writer is not alone");
    writers++;
    await null;
    writers--;`,
    `if (most < 2) throw new Error("Readers do not share it");`,
  ),
  lacking: "has no read-write lock",
};
