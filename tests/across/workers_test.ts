import { KeyedLock } from "../../keyed_lock.ts";
import { WebLocks } from "../../across/workers.ts";
import { conformance } from "./conformance.ts";

conformance("KeyedLock", () => {
  const locks = new KeyedLock();
  return Promise.resolve({
    one: locks,
    other: locks,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

conformance("WebLocks", () => {
  const one = new WebLocks();
  const other = new WebLocks();
  return Promise.resolve({
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      // The platform tidies up behind each hold, a moment later.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  });
});
