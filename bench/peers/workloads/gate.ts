/**
 * Tasks that wait for a gate or for a condition.
 *
 * @module
 */

import * as floors from "../floors.ts";
import type { Ways, Workload } from "../types.ts";
import { spaced } from "../words.ts";
import { allOf, byAnyMeans, type Code, COUNT, DONE, repeat } from "./pieces.ts";

/** Many tasks wait for a closed gate. Then it opens. */
function opening(tasks: number, beforeOpening = "") {
  return ({ make, wait, open, close }: Ways): Code =>
    wait && repeat(
      `const lock = ${make};
      ${COUNT}
      async function task() { await ${wait}; ${DONE} }`,
      `${close}; ${allOf(tasks, "task()", `${beforeOpening} ${open};`)}`,
    );
}

const aMoment = "for (let j = 0; j < 20; j++) await null;";

const WAITERS = 100_000;

export const gate: Workload = {
  id: `gate-${WAITERS}`,
  title: `a gate opens for ${spaced(WAITERS)} waiters`,
  of: "gate",
  operations: WAITERS,
  controls: [floors.SHARED, floors.RESOLVERS],
  code: opening(WAITERS),
  check: opening(
    10,
    `${aMoment} if (left !== 10) throw new Error("It was not closed");`,
  ),
  lacking: "has no gate",
};

const NOTIFIED = 1_000;

/** Many tasks take the lock and wait. Then one notifies all of them. */
function notifying(tasks: number, afterWaiting = "") {
  return (ways: Ways): Code => {
    const { make, wait, open, close = "" } = ways;
    const waiting = byAnyMeans(ways, `await ${wait}; ${afterWaiting}`);
    return waiting && wait && open && repeat(
      `const lock = ${make};
      ${COUNT}
      let inside = false;
      async function task() { ${waiting} ${DONE} }
      async function notify() { ${byAnyMeans(ways, `${open};`)} }`,
      `${close}; ${allOf(tasks, "task()", "notify();")}`,
    );
  };
}

export const condition: Workload = {
  id: `condition-${NOTIFIED}`,
  title: `a condition notifies ${spaced(NOTIFIED)} waiters`,
  of: "condition",
  operations: NOTIFIED,
  controls: [floors.CHAIN_TWICE],
  code: notifying(NOTIFIED),
  check: notifying(
    10,
    `if (inside) throw new Error("Two have the lock");
    inside = true;
    await null;
    inside = false;`,
  ),
  lacking: "has no condition",
};
