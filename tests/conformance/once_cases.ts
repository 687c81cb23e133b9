/**
 * The cases for `once`.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { once } from "../../mod.ts";
import { countListeners } from "../support/listeners.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";
import { errorOf, valueOf } from "./outcomes.ts";

/** One case. */
export interface OnceCase {
  readonly name: string;
  run(): Promise<void>;
}

/** A function for `once`. The test settles each of its runs. */
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
      assertEquals(get.state, "idle");
      const calls = [get(), get()];
      assertEquals(get.state, "running");
      runs[0]!.succeed("value");
      assertEquals(await valueOf(calls[0]!), "value");
      assertEquals(await valueOf(calls[1]!), "value");
      assertEquals(await valueOf(get()), "value");
      assertEquals(runs.length, 1);
      assertEquals(get.state, "done");
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
      assertEquals(await failures, [error, error]);
      assertEquals(get.state, "idle");
      const again = get();
      runs[1]!.succeed("value");
      assertEquals(await valueOf(again), "value");
    },
  },
  {
    name: "a function that throws at once fails like any other",
    async run() {
      const error = new Error("No");
      const get = once(() => {
        throw error;
      });
      assertStrictEquals(await errorOf(get()), error);
      assertEquals(get.state, "idle");
    },
  },
  {
    name: "keepError() says which failure to keep",
    async run() {
      const { runs, fn } = work();
      const get = once(fn, { keepError: (error) => error === "final" });
      const first = errorOf(get());
      runs[0]!.fail("passing");
      assertEquals(await first, "passing");
      const second = errorOf(get());
      runs[1]!.fail("final");
      assertEquals(await second, "final");
      assertEquals(await errorOf(get()), "final");
      assertEquals(get.state, "failed");
      assertEquals(runs.length, 2);
    },
  },
  {
    name: "abort ends only the wait of its own caller",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = countListeners(signal);
      const impatient = get({ signal });
      const patient = get();
      const refused = errorOf(impatient);
      controller.abort("gone");
      assertEquals(await refused, "gone");
      assertEquals(runs[0]!.signal.aborted, false);
      assertEquals(await settledState(patient), "pending");
      runs[0]!.succeed("value");
      assertEquals(await valueOf(patient), "value");
      assertEquals(listeners.removed, listeners.added);
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
      assertEquals(runs[0]!.signal.aborted, false);
      controllers[1]!.abort("second");
      assertEquals(runs[0]!.signal.aborted, true);
      assertEquals(runs[0]!.signal.reason, "second");
      assertEquals(get.state, "idle");
      assertEquals(await Promise.all(calls), ["first", "second"]);
      const next = get();
      runs[0]!.fail("too late"); // and is not unhandled either
      await drainMicrotasks();
      assertEquals(get.state, "running");
      runs[1]!.succeed("value");
      assertEquals(await valueOf(next), "value");
    },
  },
  {
    name: "reset() forgets a value",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const first = get();
      runs[0]!.succeed("old");
      assertEquals(await valueOf(first), "old");
      get.reset();
      assertEquals(get.state, "idle");
      const second = get();
      runs[1]!.succeed("new");
      assertEquals(await valueOf(second), "new");
    },
  },
  {
    name:
      "reset() during a run: its callers get the value, later callers do not",
    async run() {
      const { runs, fn } = work();
      const get = once(fn);
      const first = get();
      get.reset();
      const second = get();
      runs[1]!.succeed("new");
      assertEquals(await valueOf(second), "new");
      runs[0]!.succeed("old");
      assertEquals(await valueOf(first), "old");
      assertEquals(await valueOf(get()), "new");
    },
  },
  {
    name: "a value that is there beats an aborted signal",
    async run() {
      const get = once(() => "value");
      const aborted = { signal: AbortSignal.abort("gone") };
      assertEquals(await errorOf(get(aborted)), "gone");
      assertEquals(get.state, "idle");
      assertEquals(await valueOf(get()), "value");
      assertEquals(await valueOf(get(aborted)), "value");
    },
  },
  {
    name: "a call from inside the function's synchronous part throws",
    async run() {
      const get = once((): string => {
        assertThrows(() => void get(), Error);
        return "value";
      });
      assertEquals(await valueOf(get()), "value");
    },
  },
];
