/** Bad arguments of `Semaphore`. */

import { Semaphore } from "../../semaphore.ts";
import {
  assertRefuses,
  type Call,
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = (state: State) => {
  const semaphore = new Semaphore(5, { name: "pool" });
  if (state === "held") semaphore.tryAcquire(5);
  return { semaphore };
};
type Subjects = ReturnType<typeof makeSubjects>;

testOptions(makeSubjects, {
  "new Semaphore()": {
    make: (_, options) => new Semaphore(5, options),
    failure: "Cannot create semaphore",
    known: ["name"],
    throws: true,
  },
  "Semaphore.acquire()": {
    make: ({ semaphore }, options) => semaphore.acquire(options),
    failure: 'Cannot acquire semaphore "pool"',
    known: ["signal", "timeout", "permits"],
  },
  "Semaphore.run()": {
    make: ({ semaphore, fn }, options) => semaphore.run(fn, options),
    failure: 'Cannot acquire semaphore "pool"',
    known: ["signal", "timeout", "permits"],
  },
});

testArgument(
  makeSubjects,
  {
    "Semaphore.run()": {
      make: ({ semaphore }, fn) => semaphore.run(fn),
      failure: 'Cannot run with semaphore "pool"',
    },
  },
  "fn must be a function",
  valuesExcept("a function"),
);

const mustHavePermits: Record<string, Call<Subjects>> = {
  "new Semaphore()": {
    make: (_, permits) => new Semaphore(permits),
    failure: "Cannot create semaphore",
    throws: true,
  },
  "Semaphore.resize()": {
    make: ({ semaphore }, permits) => semaphore.resize(permits),
    failure: 'Cannot resize semaphore "pool"',
    throws: true,
  },
};

const mayHavePermits: Record<string, Call<Subjects>> = {
  "Semaphore.tryAcquire()": {
    make: ({ semaphore }, permits) => semaphore.tryAcquire(permits),
    failure: 'Cannot acquire semaphore "pool"',
    throws: true,
  },
  "Semaphore.acquire()": {
    make: ({ semaphore }, permits) => semaphore.acquire({ permits }),
    failure: 'Cannot acquire semaphore "pool"',
  },
  "Semaphore.run()": {
    make: ({ semaphore, fn }, permits) => semaphore.run(fn, { permits }),
    failure: 'Cannot acquire semaphore "pool"',
  },
};

const must = "permits must be a number";
testArgument(makeSubjects, mustHavePermits, must, valuesExcept("5"));
testArgument(
  makeSubjects,
  mayHavePermits,
  must,
  valuesExcept("5", "undefined"),
);

for (
  const [title, call] of Object.entries({
    ...mustHavePermits,
    ...mayHavePermits,
  })
) {
  Deno.test(`${title}: permits must be a whole number from 1 to 2^53 - 1`, async () => {
    for (const permits of [0, -0, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 53]) {
      const message =
        `${call.failure}: permits must be a whole number from 1 to 2^53 - 1, got ${permits}`;
      await assertRefuses(makeSubjects, call, permits, RangeError, message);
    }
  });
}
