/**
 * A wait ends exactly once: of two causes in one tick, the first wins. A waiter
 * whose signal was aborted before `open()` is rejected, even if its listener has
 * not run yet.
 */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Gate } from "../../gate.ts";
import { countListeners } from "../support/listeners.ts";
import { reasonOf, settledState } from "../support/promises.ts";

const causes = ["open", "abort", "timeout", "cancel"] as const;

/** What ends a wait that knows all causes. */
async function endOf(wait: Promise<void>): Promise<string> {
  if (await settledState(wait) === "fulfilled") return "open";
  const reason = await reasonOf(wait) as Error;
  return reason.name === "TimeoutError" ? "timeout" : reason.name;
}

for (const first of causes) {
  for (const second of causes) {
    Deno.test(`${first}, then ${second} in the same tick: the first wins`, async () => {
      using time = new FakeTime();
      const gate = new Gate();
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = countListeners(signal);
      const happen = {
        open: () => gate.open(),
        abort: () => controller.abort({ name: "abort" }),
        timeout: () => time.tick(10),
        cancel: () => gate.cancel({ name: "cancel" }),
      };
      const wait = gate.wait({ signal, timeout: 10 });
      wait.catch(() => {});
      happen[first]();
      assertEquals(gate.waiting, 0);
      assertEquals(listeners.removed, listeners.added);
      if (first !== "timeout") assertEquals(time.next(), false);
      happen[second]();
      assertEquals(await endOf(wait), first);
    });
  }
}

for (
  const [title, end, expected] of [
    ["open()", (gate: Gate) => gate.open(), "fulfilled"],
    ["cancel()", (gate: Gate) => gate.cancel(), "rejected"],
  ] as const
) {
  Deno.test(`${title} in a listener that runs first comes too late for the aborted`, async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener("abort", () => end(gate));
    const aborted = gate.wait({ signal });
    const other = gate.wait();
    other.catch(() => {});
    controller.abort("gone");
    assertEquals(gate.waiting, 0);
    assertEquals(await reasonOf(aborted), "gone");
    assertEquals(await settledState(other), expected);
  });
}
