/**
 * The conformance suite on real engines.
 *
 * @module
 */

import { conformance } from "../conformance.ts";
import { open, type Spec } from "../open.ts";
import { engines } from "../engines.ts";

for (const [name, start] of engines) {
  conformance(name, async () => {
    const stack = new AsyncDisposableStack();
    const spec: Spec = await start(stack);
    const { locks: one } = stack.use(await open(spec));
    const { locks: other } = stack.use(await open(spec));
    return {
      one,
      other,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  });
}
