/**
 * What is left on the heap.
 *
 * @module
 */

import * as floors from "../floors.ts";
import type { Control, Kind, Ways, Workload } from "../types.ts";
import { keys, NO_KEYS } from "./keyed_lock.ts";
import { byAnyMeans, type Code, repeat } from "./pieces.ts";

interface Memory {
  readonly id: string;
  readonly title: string;
  readonly of: Kind;
  readonly lacking?: string;
  /** How many to keep. */
  readonly length?: number;
  readonly controls?: readonly Control[];
  body(ways: Ways): Code;
}

const all: Memory[] = [
  {
    id: "bytes-idle",
    title: "an idle lock",
    of: "lock",
    body: ({ make }) => `kept[i] = ${make};`,
  },
  {
    id: "bytes-semaphore",
    title: "an idle semaphore",
    of: "semaphore",
    body: ({ make }) => `kept[i] = ${make};`,
    lacking: "has no semaphore",
  },
  {
    id: "bytes-waiter",
    title: "a waiter",
    of: "lock",
    body: ({ acquire, run }) => acquire ?? run,
    controls: [floors.RESOLVER],
  },
  {
    id: "bytes-key",
    title: "a held key",
    of: "keyed",
    body: ({ acquire, run }) =>
      `const key = keys[i]; ${acquire ? `kept[i] = await ${acquire}` : run};`,
    controls: [floors.FORGOTTEN],
    lacking: NO_KEYS,
  },
  {
    id: "bytes-left",
    title: "a key that came and went",
    of: "keyed",
    length: 1_000_000,
    body: (ways) => `const key = "key " + i; ${byAnyMeans(ways, "")}`,
    controls: [floors.FORGOTTEN],
    lacking: NO_KEYS,
  },
];

export const memory = all.map((
  { body, length = 20_000, controls = [], ...rest },
): Workload => ({
  ...rest,
  controls,
  bytesOf: length,
  operations: 1,
  scope: () => ({ keys: keys(20_000), permits: 5 }),
  code: (ways) =>
    repeat(
      `const lock = ${ways.make};
      const kept = new Array(${length});
      const forever = new Promise(() => {});
      const fn = () => forever;`,
      body(ways),
    ),
}));
