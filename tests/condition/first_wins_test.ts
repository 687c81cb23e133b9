/**
 * A waiter that was notified and aborted in one tick does not swallow the
 * notification: the first event wins, and a notification that finds its waiter
 * gone goes to the next one. A waiter whose signal is aborted counts as gone,
 * even if it has not heard of it.
 */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Condition } from "../../condition.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** Two waiters; the first has limits. Somebody else holds the lock. */
function makeTwo(condition: Condition, signal: AbortSignal) {
  const { lock } = condition;
  const ends = ["none", "none"];
  const guards = [{ signal, timeout: 10 }, undefined].map((options, id) => {
    const guard = lock.tryAcquire()!;
    condition.wait(guard, options).then(
      () => ends[id] = "notify",
      (reason) => ends[id] = reason.name,
    );
    return guard;
  });
  const holder = lock.tryAcquire()!;
  return {
    /** Lets them in, and says how their waits have ended. */
    async letIn(): Promise<string[]> {
      for (const guard of [holder, ...guards]) {
        guard.release();
        await drainMicrotasks();
      }
      return ends;
    },
  };
}

// Two causes in one tick, what ends a wait that knows all of them, and what ends
// the next one, which has no limits.
const ties = [
  ["notify", "abort", "notify", "none"],
  ["notify", "timeout", "notify", "none"],
  ["notify", "cancel", "notify", "cancel"],
  ["notify", "notify", "notify", "notify"],
  ["abort", "notify", "abort", "notify"],
  ["abort", "timeout", "abort", "none"],
  ["abort", "cancel", "abort", "cancel"],
  ["timeout", "notify", "TimeoutError", "notify"],
  ["timeout", "abort", "TimeoutError", "none"],
  ["timeout", "cancel", "TimeoutError", "cancel"],
  ["cancel", "notify", "cancel", "cancel"],
  ["cancel", "abort", "cancel", "cancel"],
  ["cancel", "timeout", "cancel", "cancel"],
] as const;

for (const [first, second, end, endOfNext] of ties) {
  Deno.test(`${first}, then ${second} in the same tick: the first wins`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const condition = new Condition();
    const { letIn } = makeTwo(condition, controller.signal);
    const happen = {
      notify: () => condition.notify(),
      abort: () => controller.abort({ name: "abort" }),
      timeout: () => time.tick(10),
      cancel: () => condition.cancel({ name: "cancel" }),
    };
    happen[first]();
    happen[second]();
    assertEquals(await letIn(), [end, endOfNext]);
  });
}

Deno.test("a waiter that is aborted as notify() looks at its signal counts as gone", async () => {
  const condition = new Condition();
  const controller = new AbortController();
  const { signal } = controller;
  let isNotifying = false;
  Object.defineProperty(signal, "aborted", {
    get() {
      const wasAborted = Reflect.get(AbortSignal.prototype, "aborted", signal);
      const isFirstLook = isNotifying;
      isNotifying = false;
      if (isFirstLook) controller.abort({ name: "abort" });
      return wasAborted;
    },
  });
  const { letIn } = makeTwo(condition, signal);
  isNotifying = true;
  condition.notify();
  assertEquals([condition.waiting, condition.lock.waiting], [0, 2]);
  assertEquals(await letIn(), ["abort", "notify"]);
});

// It is there before the condition's own listener, and so is called first.
for (
  const [title, act, end] of [
    ["notify()", (condition: Condition) => condition.notify(), "notify"],
    ["notifyAll()", (condition: Condition) => condition.notifyAll(), "notify"],
    [
      "cancel()",
      (condition: Condition) => condition.cancel({ name: "cancel" }),
      "cancel",
    ],
  ] as const
) {
  Deno.test(`${title} in a listener that runs first passes over the aborted`, async () => {
    const condition = new Condition();
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener("abort", () => act(condition));
    const { letIn } = makeTwo(condition, signal);
    controller.abort({ name: "abort" });
    assertEquals([condition.waiting, condition.lock.waiting], [0, 2]);
    assertEquals(await letIn(), ["abort", end]);
  });
}
