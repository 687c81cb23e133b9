/** Bad arguments of `RwLock`. */

import { RwLock } from "../../rw_lock.ts";
import {
  type MakeSubjects,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = ((state) => {
  const lock = new RwLock({ name: "config" });
  let calls = 0;
  if (state === "held") lock.write.tryAcquire();
  return {
    lock,
    fn: () => void calls++,
    look: () => Deno.inspect({ lock, calls }),
  };
}) satisfies MakeSubjects<unknown>;

testOptions(makeSubjects, {
  "new RwLock()": {
    make: (_, options) => new RwLock(options),
    failure: "Cannot create read-write lock",
    known: ["name"],
    throws: true,
  },
});

for (
  const [side, purpose] of [["read", "reading"], ["write", "writing"]] as const
) {
  const failure = `Cannot acquire read-write lock "config" for ${purpose}`;
  const known = ["signal", "timeout"];

  testOptions(makeSubjects, {
    [`RwLock.${side}.acquire()`]: {
      make: ({ lock }, options) => lock[side].acquire(options),
      failure,
      known,
    },
    [`RwLock.${side}.run()`]: {
      make: ({ lock, fn }, options) => lock[side].run(fn, options),
      failure,
      known,
    },
  });

  testArgument(
    makeSubjects,
    {
      [`RwLock.${side}.run()`]: {
        make: ({ lock }, fn) => lock[side].run(fn),
        failure: 'Cannot run with read-write lock "config"',
      },
    },
    "fn must be a function",
    valuesExcept("a function"),
  );
}
