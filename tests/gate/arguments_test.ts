/** Bad arguments of `Gate`. */

import { Gate } from "../../gate.ts";
import { type State, testOptions } from "../support/arguments.ts";

const makeSubjects = (state: State) => {
  const gate = new Gate({ name: "ready", open: state === "free" });
  return { gate };
};

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
