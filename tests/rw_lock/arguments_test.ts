/** Bad arguments of `RwLock`. */

import { RwLock } from "../../rw_lock.ts";
import {
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = (state: State) => {
  const lock = new RwLock({ name: "config" });
  if (state === "held") lock.write.tryAcquire();
  return { lock };
};

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
