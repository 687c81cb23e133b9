/**
 * What is asked of `once`.
 *
 * @module
 */

import { once } from "../../mod.ts";
import {
  equal,
  errorOf,
  listenersOf,
  stateOf,
  thrownBy,
  turn,
  valueOf,
} from "./check.ts";

/** One thing that is asked. */
export interface OnceCase {
  readonly name: string;
  run(): Promise<void>;
}

/** A function for `once`, each run of which is settled by hand. */
function work() {
  const runs: {
    readonly signal: AbortSignal;
    succeed(value: string): void;
    fail(error: unknown): void;
  }[] = [];
  const fn = (signal: AbortSignal) =>
    new Promise<string>((succeed, fail) =>
      runs.push({ signal, succeed, fail })
    );
  return { runs, fn };
}

export const onceCases: readonly OnceCase[] = [
  {
    name: "callers that come while it runs share the run",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      equal("state", get.state, "idle");
      const calls = [get(), get()];
      equal("state", get.state, "running");
      runs[0]!.succeed("value");
      equal("first", await valueOf(calls[0]!), "value");
      equal("second", await valueOf(calls[1]!), "value");
      equal("later", await valueOf(get()), "value");
      equal("runs", runs.length, 1);
      equal("state", get.state, "done");
    },
  },
  {
    name: "a failure reaches every caller and is not remembered",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const calls = [get(), get()];
      const failures = Promise.all(calls.map(errorOf));
      const error = new Error("No");
      runs[0]!.fail(error);
      equal("errors", await failures, [error, error]);
      equal("state", get.state, "idle");
      const again = get();
      runs[1]!.succeed("value");
      equal("again", await valueOf(again), "value");
    },
  },
  {
    name: "a function that throws at once fails like any other",
    async run() {
      const error = new Error("No");
      const get = once(() => {
        throw error;
      });
      equal("error", await errorOf(get()), error);
      equal("state", get.state, "idle");
    },
  },
  {
    name: "keepError() says which failure to keep",
    async run() {
      const { runs, fn } = work();
      const get = once(fn, { keepError: (error) => error === "final" });
      const first = errorOf(get());
      runs[0]!.fail("passing");
      equal("first", await first, "passing");
      const second = errorOf(get());
      runs[1]!.fail("final");
      equal("second", await second, "final");
      equal("third", await errorOf(get()), "final");
      equal("state", get.state, "failed");
      equal("runs", runs.length, 2);
    },
  },
  {
    name: "abort ends the wait of one caller alone",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = listenersOf(signal);
      const impatient = get({ signal });
      const patient = get();
      const refused = errorOf(impatient);
      controller.abort("gone");
      equal("impatient", await refused, "gone");
      equal("aborted", runs[0]!.signal.aborted, false);
      equal("patient", await stateOf(patient), "pending");
      runs[0]!.succeed("value");
      equal("patient", await valueOf(patient), "value");
      equal("listeners", listeners.count, 0);
    },
  },
  {
    name:
      "the last caller that leaves aborts the run, and the next starts anew",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const controllers = [new AbortController(), new AbortController()];
      const calls = controllers.map(({ signal }) => errorOf(get({ signal })));
      controllers[0]!.abort("first");
      equal("aborted", runs[0]!.signal.aborted, false);
      controllers[1]!.abort("second");
      equal("aborted", runs[0]!.signal.aborted, true);
      equal("reason", runs[0]!.signal.reason, "second");
      equal("state", get.state, "idle");
      equal("errors", await Promise.all(calls), ["first", "second"]);
      const next = get();
      runs[0]!.fail("too late"); // nor is it unhandled
      await turn();
      equal("state", get.state, "running");
      runs[1]!.succeed("value");
      equal("next", await valueOf(next), "value");
    },
  },
  {
    name: "reset() forgets a value",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const first = get();
      runs[0]!.succeed("old");
      equal("first", await valueOf(first), "old");
      get.reset();
      equal("state", get.state, "idle");
      const second = get();
      runs[1]!.succeed("new");
      equal("second", await valueOf(second), "new");
    },
  },
  {
    name: "reset() while it runs: its callers get the value, nobody after them",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const first = get();
      get.reset();
      const second = get();
      runs[1]!.succeed("new");
      equal("second", await valueOf(second), "new");
      runs[0]!.succeed("old");
      equal("first", await valueOf(first), "old");
      equal("third", await valueOf(get()), "new");
    },
  },
  {
    name: "a value that is there beats an aborted signal",
    async run() {
      const get = once(() => "value");
      const aborted = { signal: AbortSignal.abort("gone") };
      equal("before", await errorOf(get(aborted)), "gone");
      equal("state", get.state, "idle");
      equal("first", await valueOf(get()), "value");
      equal("after", await valueOf(get(aborted)), "value");
    },
  },
  {
    name: "a call from inside the function's synchronous part throws",
    async run() {
      let inside: unknown;
      const get = once((): string => {
        inside = thrownBy(() => void get());
        return "value";
      });
      equal("value", await valueOf(get()), "value");
      equal("thrown", inside instanceof Error, true);
    },
  },
];
