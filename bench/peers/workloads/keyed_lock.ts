/**
 * A lock for each key.
 *
 * @module
 */

import * as floors from "../floors.ts";
import type { Ways, Workload } from "../types.ts";
import { spaced } from "../words.ts";
import { burst, byAnyMeans, type Code, exclusion, repeat } from "./pieces.ts";

export const NO_KEYS = "has no keys";

/** Strings that already have their hash. A set asks for it. */
export function keys(length: number): string[] {
  return [...new Set(Array.from({ length }, (_, i) => `key ${i}`))];
}

function counted(keys: number): string {
  return keys === 1 ? "one key" : `${spaced(keys)} keys`;
}

/** Takes one free key after the other, so many different ones. */
function freeKeys(length: number) {
  return (ways: Ways): Code => {
    const code = byAnyMeans(ways, "");
    return code && repeat(
      `const lock = ${ways.make}; let next = 0;`,
      `const key = keys[next];
      if (++next === ${length}) next = 0;
      ${code}`,
    );
  };
}

/** One key comes and goes while all `keys` are held. */
function hotKey(ways: Ways): Code {
  const code = byAnyMeans(ways, "");
  return repeat(
    `const lock = ${ways.make};
    const key = "hot";
    let free, held;
    const freed = new Promise((resolve) => { free = resolve; });
    async function hold(key) { ${byAnyMeans(ways, "await freed;")} }`,
    code,
    {
      open: `held = keys.map(hold); ${code}`,
      close: "free(); await Promise.all(held);",
    },
  );
}

const common = {
  of: "keyed",
  check: exclusion(byAnyMeans, { keys: 2 }),
  lacking: NO_KEYS,
} as const;

export const keyed: readonly Workload[] = [
  ...[1, 1_000, 1_000_000].map((length): Workload => ({
    ...common,
    id: `keys-${length}`,
    title: `${counted(length)}, each free`,
    operations: 1,
    scope: () => ({ keys: keys(length) }),
    // To keep a million keys costs more than to forget them.
    controls: length < 1_000_000
      ? [floors.KEPT, floors.FORGOTTEN]
      : [floors.FORGOTTEN],
    code: freeKeys(length),
  })),
  ...[1, 1_000].map((length): Workload => ({
    ...common,
    id: `keys-contended-${length}`,
    title: `${counted(length)}, 10 tasks each`,
    operations: 10 * length,
    scope: () => ({ keys: keys(length) }),
    controls: [floors.MAP_OF_CHAINS],
    code: burst(10 * length, `keys[j % ${length}]`),
  })),
  ...[0, 100, 1_000, 10_000, 100_000].map((length): Workload => ({
    ...common,
    id: `hot-${length}`,
    title: `one key, ${spaced(length)} others held`,
    operations: 1,
    scope: () => ({ keys: keys(length) }),
    controls: [floors.KEPT, floors.FORGOTTEN],
    code: hotKey,
  })),
];
