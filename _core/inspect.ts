/**
 * Private: how things look in `console.log`.
 *
 * @module
 */

import { label } from "./errors.ts";

/** What Deno, and what Node and Bun, ask an object for when they print it. */
const INSPECT = [
  Symbol.for("Deno.customInspect"),
  Symbol.for("nodejs.util.inspect.custom"),
];

/**
 * Has `target`, and what inherits from it, print as `describe` says.
 *
 * @param target A prototype, or the object itself.
 * @param describe Returns `false` for what has no state, such as a prototype.
 */
export function printAs<T extends object>(
  target: T,
  describe: (it: T) => string | false,
): void {
  for (const key of INSPECT) {
    Object.defineProperty(target, key, {
      value(this: T): string {
        return describe(this) || Object.prototype.toString.call(this);
      },
    });
  }
}

/**
 * `Lock "db" [locked, waiting: 2]`, as Python's repr does. A subclass prints its
 * own name.
 */
export function printed(
  it: object,
  type: string,
  name: string | undefined,
  state: string,
  waiting = 0,
): string {
  const own: unknown = typeof it === "function" ? "" : it.constructor?.name;
  const shown = typeof own === "string" && own !== "" ? own : type;
  const more = waiting > 0 ? `, waiting: ${waiting}` : "";
  return `${label(shown, name)} [${state}${more}]`;
}
