/**
 * Private: how things look in `console.log`.
 *
 * @module
 */

/** What Deno, and what Node and Bun, ask an object for when they print it. */
const INSPECT = [
  Symbol.for("Deno.customInspect"),
  Symbol.for("nodejs.util.inspect.custom"),
];

/**
 * Has `target`, and what inherits from it, print as `describe` says.
 *
 * @param target A prototype, or the object itself.
 * @param describe Returns `false` for what has no state, as a prototype.
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

/** `Lock "db" [locked, waiting: 2]`, the way of Python's repr. */
export function printed(
  type: string,
  name: string | undefined,
  state: string,
  waiting = 0,
): string {
  const title = name === undefined ? type : `${type} ${JSON.stringify(name)}`;
  return `${title} [${state}${waiting > 0 ? `, waiting: ${waiting}` : ""}]`;
}
