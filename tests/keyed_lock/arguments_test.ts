/** Bad arguments of `KeyedLock`. */

import { KeyedLock } from "../../keyed_lock.ts";
import {
  assertRefuses,
  type Call,
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = (state: State) => {
  const keyed = new KeyedLock({ name: "users" });
  if (state === "held") keyed.tryAcquire("a");
  return { keyed };
};

testOptions(makeSubjects, {
  "new KeyedLock()": {
    make: (_, options) => new KeyedLock(options),
    failure: "Cannot create keyed lock",
    known: ["name"],
    throws: true,
  },
  "KeyedLock.acquire()": {
    make: ({ keyed }, options) => keyed.acquire("a", options),
    failure: 'Cannot acquire key "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.run()": {
    make: ({ keyed, fn }, options) => keyed.run("a", fn, options),
    failure: 'Cannot acquire key "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.acquireAll()": {
    make: ({ keyed }, options) => keyed.acquireAll(["b", "a"], options),
    failure: 'Cannot acquire keys "b", "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.runAll()": {
    make: ({ keyed, fn }, options) => keyed.runAll(["b", "a"], fn, options),
    failure: 'Cannot acquire keys "b", "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
});

testArgument(
  makeSubjects,
  {
    "KeyedLock.run()": {
      make: ({ keyed }, fn) => keyed.run("a", fn),
      failure: 'Cannot run with key "a" of keyed lock "users"',
    },
    "KeyedLock.runAll()": {
      make: ({ keyed }, fn) => keyed.runAll(["b", "a"], fn),
      failure: 'Cannot run with keys of keyed lock "users"',
    },
  },
  "fn must be a function",
  valuesExcept("a function"),
);

const takesKeys: Record<string, Call<ReturnType<typeof makeSubjects>>> = {
  "KeyedLock.acquireAll()": {
    make: ({ keyed }, keys) => keyed.acquireAll(keys),
    failure: 'Cannot acquire keys of keyed lock "users"',
  },
  "KeyedLock.runAll()": {
    make: ({ keyed, fn }, keys) => keyed.runAll(keys, fn),
    failure: 'Cannot acquire keys of keyed lock "users"',
  },
  "KeyedLock.tryAcquireAll()": {
    make: ({ keyed }, keys) => keyed.tryAcquireAll(keys),
    failure: 'Cannot acquire keys of keyed lock "users"',
    throws: true,
  },
};

testArgument(
  makeSubjects,
  takesKeys,
  "keys must be an iterable of keys such as an array",
  valuesExcept("an array"), // a string is refused too
);

for (const [title, call] of Object.entries(takesKeys)) {
  Deno.test(`${title} passes on what the iteration throws`, async () => {
    const keys = {
      *[Symbol.iterator]() {
        yield "b";
        throw new Error("No more keys");
      },
    };
    await assertRefuses(makeSubjects, call, keys, Error, "No more keys");
  });
}
