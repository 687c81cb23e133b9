/**
 * Checks what a watch costs: nothing while there is none, and else a few
 * microseconds for each acquire.
 *
 * ```sh
 * deno run --allow-run bench/watch.ts
 * ```
 *
 * @module
 */

import { bundle } from "../tools/subprocess.ts";
import type { Loop } from "./watch_loops.ts";

/** The most that the library's part in a watch may cost while there is none. */
const MOST_OFF = 1; // nanosecond
/** The most that an acquire may cost under a watch. */
const MOST_ON = 6; // microseconds

/** A copy of the library with the loops. */
type Copy = typeof import("./watch_loops.ts");

/** Measures all, prints the figures, and returns what is missed, in words. */
export async function checkWatch(): Promise<string[]> {
  const code = await bundle("bench/watch_loops.ts");
  const missed: string[] = [];
  const check = (title: string, figure: number, unit: string, most: number) => {
    const line = `${title}: ${figure.toFixed(2)} ${unit}, at most ${most}`;
    console.log(line);
    if (figure > most) missed.push(line);
  };
  const { loops, takeTurns, watchLocks } = await copyOf(code);
  for (const name of Object.keys(loops)) {
    let added = Infinity;
    // Another program may have disturbed a measurement.
    for (let i = 0; i < 5 && added > MOST_OFF; i++) {
      added = Math.min(added, await costOff(code, name));
    }
    check(`${name}, what being watchable adds`, added, "ns", MOST_OFF);
  }
  const watch = watchLocks();
  const waiting = { "acquire() by two tasks in turn": takeTurns };
  for (const [name, loop] of Object.entries({ ...loops, ...waiting })) {
    const [taken] = await best([loop], 1_000, 50);
    check(`${name}, watched`, taken! / 1000, "µs", MOST_ON);
  }
  watch[Symbol.dispose]();
  return missed;
}

/**
 * How much longer an operation takes than in a library that cannot be watched.
 * V8 compiles the same code better one time than the other. So several copies of
 * each are measured, and the best ones count.
 */
async function costOff(code: string, name: string): Promise<number> {
  const pairs = Array.from({ length: 4 }, () => [code, unwatchable(code)]);
  const copies = await Promise.all(pairs.flat().map(copyOf));
  const figures = await best(
    copies.map(({ loops }) => loops[name]!),
    10_000,
    60,
  );
  const least = (from: number) =>
    Math.min(...figures.filter((_, i) => i % 2 === from));
  return least(0) - least(1);
}

/** Takes out all that is only there for a watch. */
function unwatchable(code: string): string {
  return code.replaceAll("observer !== void 0", "false")
    .replaceAll("observer === void 0", "true")
    .replaceAll("observer?.", "undefined?.");
}

let copies = 0;

/** Makes a copy of its own, so that V8 compiles it for this use. */
async function copyOf(code: string): Promise<Copy> {
  const text = `${code}// ${copies++}`;
  return await import(`data:text/javascript,${encodeURIComponent(text)}`);
}

/** The shortest time that one operation takes in any round, in nanoseconds. */
async function best(
  loops: readonly Loop[],
  times: number,
  rounds: number,
): Promise<number[]> {
  const found = loops.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [i, loop] of loops.entries()) {
      await new Promise((resolve) => setTimeout(resolve));
      const start = performance.now();
      await loop(times);
      const taken = (performance.now() - start) * 1e6 / times;
      found[i] = Math.min(found[i]!, taken);
    }
  }
  return found;
}

if (import.meta.main) {
  const missed = await checkWatch();
  if (missed.length > 0) {
    console.error(["\nMissed:", ...missed].join("\n"));
    Deno.exitCode = 1;
  }
}
