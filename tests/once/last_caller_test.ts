/**
 * Promise: a caller's `signal` ends only that caller's wait. When the last
 * caller has left, the `signal` given to `fn` is aborted, and the next call
 * starts a fresh run; whatever the abandoned run still does is ignored, an
 * unhandled rejection included.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Once, once } from "../../once.ts";
import { countListeners } from "../support/listeners.ts";
import { makeLoad } from "../support/once.ts";
import {
  drainMicrotasks,
  reasonOf,
  settledState,
} from "../support/promises.ts";
import { countUnhandled } from "../support/unhandled.ts";

/** Calls, and leaves. */
async function callAndLeave(load: Once<unknown>): Promise<void> {
  const controller = new AbortController();
  const call = reasonOf(load({ signal: controller.signal }));
  controller.abort("enough");
  assertEquals(await call, "enough");
}

Deno.test("a signal ends only its own caller's wait, in the same tick", async () => {
  const { load, runs } = makeLoad();
  const controller = new AbortController();
  const left = load({ signal: controller.signal });
  const stays = load();
  controller.abort(new Error("Enough"));
  await assertRejects(() => left, Error, "Enough");
  assertEquals(await settledState(stays), "pending");
  assertEquals(runs[0]?.signal.aborted, false);

  runs[0]?.resolve("value");
  assertEquals(await stays, "value");
  assertEquals(runs.length, 1);
});

Deno.test("fn's signal is aborted when the last caller leaves, with that caller's reason", async () => {
  const { load, runs } = makeLoad();
  const controllers = ["first", "second", "third"].map((reason) => ({
    controller: new AbortController(),
    reason,
  }));
  const calls = controllers.map(({ controller }) =>
    reasonOf(load({ signal: controller.signal }))
  );
  for (const { controller, reason } of controllers) {
    assertEquals(runs[0]?.signal.aborted, false);
    assertEquals(load.state, "running");
    controller.abort(reason);
  }
  assertEquals(runs[0]?.signal.aborted, true);
  assertEquals(runs[0]?.signal.reason, "third");
  assertEquals(load.state, "idle");
  assertEquals(await Promise.all(calls), ["first", "second", "third"]);
});

Deno.test("fn's signal is aborted once all callers of one signal have left", async () => {
  const { load, runs } = makeLoad();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = [load({ signal }), load({ signal })];
  let aborts = 0;
  runs[0]?.signal.addEventListener("abort", () => aborts++);
  controller.abort("enough");
  assertEquals(aborts, 1);
  for (const result of await Promise.allSettled(calls)) {
    assertEquals(result, { status: "rejected", reason: "enough" });
  }
});

Deno.test("callers who leave do not end the run while one stays", async () => {
  const { load, runs } = makeLoad();
  const stays = load();
  for (let i = 0; i < 3; i++) {
    await callAndLeave(load);
  }
  assertEquals(runs[0]?.signal.aborted, false);
  runs[0]?.resolve("value");
  assertEquals(await stays, "value");
});

for (
  const [title, end] of [["success", "resolve"], ["failure", "reject"]] as const
) {
  Deno.test(`fn's signal is not aborted after ${title}`, async () => {
    const { load, runs } = makeLoad();
    const controller = new AbortController();
    const call = load({ signal: controller.signal });
    runs[0]?.[end]("outcome");
    await Promise.allSettled([call]);
    controller.abort();
    assertEquals(runs[0]?.signal.aborted, false);
    assertEquals(load.state, end === "resolve" ? "done" : "idle");
  });

  Deno.test(`the ${title} of an abandoned run is ignored`, async () => {
    const { load, runs } = makeLoad();
    const unhandled = await countUnhandled(async () => {
      await callAndLeave(load);
      runs[0]?.[end]("late");
    });
    assertEquals(unhandled, 0);
    assertEquals(load.state, "idle");
  });

  Deno.test(`the ${title} of an abandoned run has no effect on a fresh one`, async () => {
    const { load, runs } = makeLoad();
    await callAndLeave(load);
    const fresh = load();
    assertEquals(runs.length, 2);
    assertEquals(runs[1]?.signal.aborted, false);

    runs[0]?.[end]("late");
    assertEquals(await settledState(fresh), "pending");
    assertEquals(load.state, "running");
    runs[1]?.resolve("fresh");
    assertEquals(await fresh, "fresh");
  });

  Deno.test(`the ${title} of an abandoned run has no effect on a value`, async () => {
    const { load, runs } = makeLoad();
    await callAndLeave(load);
    const fresh = load();
    runs[1]?.resolve("fresh");
    await fresh;

    runs[0]?.[end]("late");
    await drainMicrotasks();
    assertEquals(load.state, "done");
    assertEquals(await load(), "fresh");
  });
}

Deno.test("a fresh run may start while the abandoned one's abort listeners run", async () => {
  const controller = new AbortController();
  let runs = 0;
  let fresh: Promise<number> | undefined;
  const load: Once<number> = once((signal) => {
    if (++runs > 1) return runs;
    signal.addEventListener("abort", () => fresh = load());
    return new Promise<number>(() => {});
  });
  const abandoned = load({ signal: controller.signal });
  controller.abort(new Error("Enough"));
  assertEquals(runs, 2);
  assertEquals(load.state, "running");
  assertEquals(await fresh, 2);
  assertEquals(await load(), 2);
  await assertRejects(() => abandoned, Error, "Enough");
});

Deno.test("a caller whose signal fn aborts in its synchronous part leaves at once", async () => {
  const controller = new AbortController();
  const signals: AbortSignal[] = [];
  let state;
  const load: Once<number> = once((signal) => {
    controller.abort(new Error("Enough"));
    state = load.state;
    return signals.push(signal);
  });
  const left = load({ signal: controller.signal });
  assertEquals(state, "idle");
  assertEquals(load.state, "idle");
  assertEquals(signals[0]?.aborted, true);
  await assertRejects(() => left, Error, "Enough");

  assertEquals(load.state, "idle");
  assertEquals(await load(), 2);
  assertEquals(signals[1]?.aborted, false);
});

Deno.test("an abort before fn's value is there abandons the run, even of a synchronous fn", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  const controller = new AbortController();
  const left = load({ signal: controller.signal });
  controller.abort(new Error("Enough"));
  await assertRejects(() => left, Error, "Enough");
  await drainMicrotasks();
  assertEquals(load.state, "idle");
  assertEquals(await load(), 2);
});

Deno.test("a call with an aborted signal rejects, starts nothing and joins nothing", async () => {
  const { load, runs } = makeLoad();
  const signal = AbortSignal.abort(new Error("Enough"));
  await assertRejects(() => load({ signal }), Error, "Enough");
  assertEquals(load.state, "idle");
  assertEquals(runs.length, 0);

  const call = load();
  await assertRejects(() => load({ signal }), Error, "Enough");
  assertEquals(runs[0]?.signal.aborted, false);
  runs[0]?.resolve("value");
  assertEquals(await call, "value");
});

Deno.test("no listener is left on a caller's signal, whichever way its wait ends", async () => {
  for (const end of ["resolve", "reject", "abort"] as const) {
    const { load, runs } = makeLoad();
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = countListeners(signal);
    const calls = [load({ signal }), load({ signal })];
    assertEquals(listeners, { added: 1, removed: 0 });
    if (end === "abort") controller.abort();
    else runs[0]?.[end]("outcome");
    await Promise.allSettled(calls);
    assertEquals(listeners, { added: 1, removed: 1 });
  }
});

Deno.test("10 000 callers on one signal leave together", async () => {
  const { load, runs } = makeLoad();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 10_000 }, () => load({ signal }));
  const results = Promise.allSettled(calls);
  controller.abort("enough");
  assert(runs[0]?.signal.aborted);
  for (const result of await results) {
    assertEquals(result.status, "rejected");
  }
});
