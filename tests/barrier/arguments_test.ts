/** Bad arguments of `Barrier`. */

import { assertEquals, assertThrows } from "@std/assert";
import { Barrier } from "../../barrier.ts";
import {
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = (state: State) => {
  const barrier = new Barrier(3, { name: "halfway" });
  if (state === "held") barrier.wait();
  return { barrier };
};

testOptions(makeSubjects, {
  "new Barrier()": {
    make: (_, options) => new Barrier(2, options),
    failure: "Cannot create barrier",
    known: ["name"],
    throws: true,
  },
  "Barrier.wait()": {
    make: ({ barrier }, options) => barrier.wait(options),
    failure: 'Cannot pass barrier "halfway"',
    known: ["signal", "timeout"],
  },
});

testArgument(
  makeSubjects,
  {
    "new Barrier()": {
      make: (_, parties) => new Barrier(parties),
      failure: "Cannot create barrier",
      throws: true,
    },
  },
  "parties must be a number",
  valuesExcept("5"),
);

for (const parties of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`new Barrier(${parties}) throws a RangeError`, () => {
    assertThrows(
      () => new Barrier(parties),
      RangeError,
      "Cannot create barrier: parties must be a whole number " +
        `from 1 to 2^53 - 1, got ${parties}`,
    );
  });
}

Deno.test("a barrier takes as many parties as there are whole numbers", () => {
  assertEquals(new Barrier(2 ** 53 - 1).parties, 2 ** 53 - 1);
});
