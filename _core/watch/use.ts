/**
 * Private: what users are told of a hold or a wait.
 *
 * @module
 */

import { type Claim, Hold } from "./claims.ts";
import type { Stack } from "./stack.ts";

/** See `watch.ts`. */
export interface Use {
  primitive: string;
  name?: string;
  key?: unknown;
  mode?: "read" | "write";
  permits?: number;
  state: "waiting" | "holding";
  waited: number;
  held: number;
  at: string;
  stack: string;
}

/**
 * A plain copy of what is known.
 *
 * @param isLazy Leaves the stack as it is until it is looked at.
 */
export function useOf(claim: Claim, isLazy = false): Use {
  const lasted = performance.now() - claim.since;
  const { primitive, name, key, mode, permits } = claim.about;
  const use = {
    primitive,
    ...name !== undefined && { name },
    ...key !== undefined && { key },
    ...mode !== undefined && { mode },
    ...permits !== undefined && { permits },
    ...claim instanceof Hold
      ? { state: "holding", waited: round(claim.waited), held: round(lasted) }
      : { state: "waiting", waited: round(lasted), held: 0 },
  };
  const { stack } = claim;
  // The stack does not show in console.table(): it has many lines.
  return Object.defineProperties(use, {
    at: { ...property(stack, "at", isLazy), enumerable: true },
    stack: property(stack, "text", isLazy),
  }) as Use;
}

function property(stack: Stack, part: "at" | "text", isLazy: boolean) {
  return isLazy ? { get: () => stack[part] } : { value: stack[part] };
}

/** To a microsecond. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
