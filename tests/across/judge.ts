/**
 * Judges exclusion by what the processes have logged.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Interval } from "./remote.ts";

/** Fails if two holds of a key overlap, or if a later one has a lower token. */
export function judge(intervals: readonly Interval[]): void {
  const sorted = [...intervals].sort((a, b) => a.from - b.from);
  const last = new Map<string, Interval>();
  for (const interval of sorted) {
    const before = last.get(interval.key);
    last.set(interval.key, interval);
    if (before === undefined) continue;
    assert(
      before.to <= interval.from,
      `${before.who} held ${interval.key} for ` +
        `${before.to - interval.from} ms beside ${interval.who}`,
    );
    if (interval.token === undefined) continue;
    assert(before.token! < interval.token, "a token has not grown");
  }
}
