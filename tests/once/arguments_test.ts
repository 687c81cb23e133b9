/** Bad arguments of `once`. */

import { assertRejects } from "@std/assert";
import { type AcquireOptions, once } from "../../once.ts";
import {
  type State,
  testArgument,
  testOptions,
  valuesExcept,
} from "../support/arguments.ts";

const makeSubjects = (state: State, fn: () => void) => {
  const onced = once(() => {
    fn();
    return new Promise<void>(() => {});
  });
  if (state === "held") onced();
  return { onced };
};

testOptions(makeSubjects, {
  "once()": {
    make: ({ fn }, options) => once(fn, options),
    failure: "Cannot create a once function",
    known: ["keepError"],
    throws: true,
  },
  "a function made by once()": {
    make: ({ onced }, options) => onced(options),
    failure: "Cannot call a once function",
    known: ["signal", "timeout"],
  },
});

testArgument(
  makeSubjects,
  {
    "once()": {
      make: (_, fn) => once(fn),
      failure: "Cannot create a once function",
      throws: true,
    },
  },
  "fn must be a function",
  valuesExcept("a function"),
);

Deno.test("a call with an option that does not exist rejects even if there is a value", async () => {
  const load = once(() => "value");
  await load();
  await assertRejects(
    () => load({ timeOut: 5 } as unknown as AcquireOptions),
    TypeError,
    'there is no option "timeOut", only signal, timeout',
  );
});
