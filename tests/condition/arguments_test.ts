/** Bad arguments of `Condition`. */

import { Condition, Lock } from "../../condition.ts";
import {
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const CANNOT_WAIT = 'Cannot wait for condition of lock "db"';
const CANNOT_NOTIFY = 'Cannot notify condition of lock "db"';

/** A guard that holds the lock. In the held state, somebody waits already. */
const makeSubjects = (state: State) => {
  const lock = new Lock({ name: "db" });
  const condition = new Condition(lock);
  if (state === "held") condition.wait(lock.tryAcquire()!);
  const guard = lock.tryAcquire()!;
  return { condition, guard, lock };
};

testOptions(makeSubjects, {
  "Condition.wait()": {
    make: ({ condition, guard }, options) => condition.wait(guard, options),
    failure: CANNOT_WAIT,
    known: ["signal", "timeout"],
  },
  "Condition.waitFor()": {
    make: ({ condition, guard }, options) =>
      condition.waitFor(guard, () => false, options),
    failure: CANNOT_WAIT,
    known: ["signal", "timeout"],
  },
});

testArgument(
  makeSubjects,
  {
    "new Condition()": {
      make: (_, lock) => new Condition(lock),
      failure: "Cannot create condition",
      throws: true,
    },
  },
  "lock must be a Lock",
  [...valuesExcept("undefined"), ["an object", { name: "db" }]],
);

testArgument(
  makeSubjects,
  {
    "Condition.wait()": {
      make: ({ condition }, guard) => condition.wait(guard),
      failure: CANNOT_WAIT,
    },
    "Condition.waitFor()": {
      make: ({ condition }, guard) => condition.waitFor(guard, () => true),
      failure: CANNOT_WAIT,
    },
  },
  "guard must be a LockGuard",
  valuesExcept(),
);

testArgument(
  makeSubjects,
  {
    "Condition.waitFor()": {
      make: ({ condition, guard }, predicate) =>
        condition.waitFor(guard, predicate),
      failure: CANNOT_WAIT,
    },
  },
  "predicate must be a function",
  valuesExcept("a function"),
);

testArgument(
  makeSubjects,
  {
    "Condition.notify()": {
      make: ({ condition }, count) => condition.notify(count),
      failure: CANNOT_NOTIFY,
      throws: true,
    },
  },
  "count must be a number",
  valuesExcept("undefined", "5"),
);
