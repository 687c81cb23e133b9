/** Lets the tests of `once` decide when and how its runs end. */

import { type Once, once, type OnceOptions } from "../../once.ts";

/** A run that ends when the test says so. */
export interface Run extends PromiseWithResolvers<unknown> {
  /** The signal that `fn` was given. */
  signal: AbortSignal;
}

/** A `once`, and its runs so far. */
export function makeLoad(
  options?: OnceOptions,
): { load: Once<unknown>; runs: Run[] } {
  const runs: Run[] = [];
  const load = once((signal) => {
    const run = { ...Promise.withResolvers<unknown>(), signal };
    runs.push(run);
    return run.promise;
  }, options);
  return { load, runs };
}
