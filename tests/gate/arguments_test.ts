/** Bad arguments of `Gate`. */

import { Gate } from "../../gate.ts";
import { type MakeSubjects, testOptions } from "../support/arguments.ts";

const makeSubjects = ((state) => {
  const gate = new Gate({ name: "ready", open: state === "free" });
  return { gate, look: () => Deno.inspect(gate) };
}) satisfies MakeSubjects<unknown>;

testOptions(makeSubjects, {
  "new Gate()": {
    make: (_, options) => new Gate(options),
    failure: "Cannot create gate",
    known: ["name", "open"],
    throws: true,
  },
  "Gate.wait()": {
    make: ({ gate }, options) => gate.wait(options),
    failure: 'Cannot pass gate "ready"',
    known: ["signal", "timeout"],
  },
});
