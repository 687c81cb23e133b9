/** Bad arguments of `Lock`. */

import { Lock } from "../../lock.ts";
import {
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = (state: State) => {
  const lock = new Lock({ name: "db" });
  if (state === "held") lock.tryAcquire();
  return { lock };
};

testOptions(makeSubjects, {
  "new Lock()": {
    make: (_, options) => new Lock(options),
    failure: "Cannot create lock",
    known: ["name"],
    throws: true,
  },
  "Lock.acquire()": {
    make: ({ lock }, options) => lock.acquire(options),
    failure: 'Cannot acquire lock "db"',
    known: ["signal", "timeout"],
  },
  "Lock.run()": {
    make: ({ lock, fn }, options) => lock.run(fn, options),
    failure: 'Cannot acquire lock "db"',
    known: ["signal", "timeout"],
  },
});

testArgument(
  makeSubjects,
  {
    "Lock.run()": {
      make: ({ lock }, fn) => lock.run(fn),
      failure: 'Cannot run with lock "db"',
    },
  },
  "fn must be a function",
  valuesExcept("a function"),
);
