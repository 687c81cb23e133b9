/** Bad arguments of `Lock`. */

import { Lock } from "../../lock.ts";
import {
  type MakeSubjects,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = ((state) => {
  const lock = new Lock({ name: "db" });
  let calls = 0;
  if (state === "held") lock.tryAcquire();
  return {
    lock,
    fn: () => void calls++,
    look: () => Deno.inspect({ lock, calls }),
  };
}) satisfies MakeSubjects<unknown>;

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
