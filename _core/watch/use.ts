/**
 * Private: what users are told of a hold or a wait.
 *
 * @module
 */

import type { Use } from "../../watch.ts";
import { type Claim, Hold } from "./claims.ts";

/** A plain copy of what is known. */
export function useOf(claim: Claim): Use {
  const { at, text } = claim.stack;
  // The stack does not show in console.table(): it has many lines.
  return Object.defineProperty({ ...factsOf(claim), at }, "stack", {
    value: text,
  }) as Use;
}

/** The same, at a fiftieth of the price if nobody asks where the call was. */
export function cheapUseOf(claim: Claim): Use {
  const { stack } = claim;
  return {
    ...factsOf(claim),
    get at() {
      return stack.at;
    },
    get stack() {
      return stack.text;
    },
  };
}

function factsOf(claim: Claim): Omit<Use, "at" | "stack"> {
  const lasted = round(performance.now() - claim.since);
  const isHold = claim instanceof Hold;
  const { primitive, name, key, mode, permits } = claim.about;
  return {
    primitive,
    ...name !== undefined && { name },
    ...key !== undefined && { key },
    ...mode !== undefined && { mode },
    ...permits !== undefined && { permits },
    state: isHold ? "holding" : "waiting",
    waited: isHold ? round(claim.waited) : lasted,
    held: isHold ? lasted : 0,
  };
}

/** To a microsecond. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
