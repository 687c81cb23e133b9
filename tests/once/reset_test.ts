/**
 * Promise: `reset()` forgets. Callers of a run in flight get that run's
 * outcome, but it never becomes the value.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Once, once } from "../../once.ts";
import { isCollected } from "../support/gc.ts";
import { makeLoad } from "../support/once.ts";
import { drainMicrotasks, reasonOf } from "../support/promises.ts";

const options = { keepError: (error: unknown) => error === "kept" };

Deno.test("reset() of an idle function does nothing", async () => {
  const { load, runs } = makeLoad(options);
  load.reset();
  assertEquals(load.state, "idle");
  const call = load();
  runs[0]?.resolve("value");
  assertEquals(await call, "value");
  assertEquals(load.state, "done");
});

Deno.test("reset() forgets the value", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  assertEquals(await load(), 1);
  load.reset();
  assertEquals(load.state, "idle");
  assertEquals(await load(), 2);
  assertEquals(await load(), 2);
});

Deno.test("reset() does not keep the value alive", async () => {
  const load = once(() => ({ large: "value" }));
  const value = await (async () => new WeakRef(await load()))();
  load.reset();
  assert(await isCollected(value));
});

Deno.test("reset() forgets an error that was kept", async () => {
  const { load, runs } = makeLoad(options);
  const failed = load();
  runs[0]?.reject("kept");
  assertEquals(await reasonOf(failed), "kept");
  load.reset();
  assertEquals(load.state, "idle");
  const call = load();
  runs[1]?.resolve("value");
  assertEquals(await call, "value");
  assertEquals(await load(), "value");
});

for (
  const [title, end] of [["success", "resolve"], ["failure", "reject"]] as const
) {
  Deno.test(`callers of a run in flight at reset() get its ${title}, which is not kept`, async () => {
    const { load, runs } = makeLoad(options);
    const calls = [load(), load()];
    load.reset();
    assertEquals(load.state, "idle");
    assertEquals(runs[0]?.signal.aborted, false);

    runs[0]?.[end]("kept");
    for (const call of calls) {
      assertEquals(await (end === "resolve" ? call : reasonOf(call)), "kept");
    }
    assertEquals(load.state, "idle");
    load();
    assertEquals(runs.length, 2);
  });

  Deno.test(`the ${title} of a run that reset() forgot has no effect on the next run`, async () => {
    const { load, runs } = makeLoad(options);
    const before = load();
    load.reset();
    const after = load();
    assertEquals(runs.length, 2);

    runs[0]?.[end]("kept");
    await Promise.allSettled([before]);
    assertEquals(load.state, "running");
    runs[1]?.resolve("value");
    assertEquals(await after, "value");
    assertEquals(await load(), "value");
  });

  Deno.test(`the ${title} of a run that reset() forgot has no effect on a later value`, async () => {
    const { load, runs } = makeLoad(options);
    const before = load();
    load.reset();
    const after = load();
    runs[1]?.resolve("value");
    assertEquals(await after, "value");

    runs[0]?.[end]("kept");
    await Promise.allSettled([before]);
    assertEquals(load.state, "done");
    assertEquals(await load(), "value");
  });
}

Deno.test("the last caller to leave a run that reset() forgot aborts only that run's signal", async () => {
  const { load, runs } = makeLoad(options);
  const controller = new AbortController();
  const before = load({ signal: controller.signal });
  load.reset();
  const after = load();
  controller.abort(new Error("Enough"));
  await assertRejects(() => before, Error, "Enough");
  assertEquals(runs[0]?.signal.aborted, true);
  assertEquals(runs[1]?.signal.aborted, false);
  assertEquals(load.state, "running");
  runs[1]?.resolve("value");
  assertEquals(await after, "value");
});

Deno.test("reset() in fn's synchronous part keeps the run's value from being kept", async () => {
  let runs = 0;
  const load: Once<number> = once(() => {
    if (++runs === 1) load.reset();
    return runs;
  });
  const first = load();
  assertEquals(load.state, "idle");
  assertEquals(await first, 1);
  assertEquals(load.state, "idle");
  assertEquals(await load(), 2);
  assertEquals(await load(), 2);
});

Deno.test("reset() in fn after an await keeps the run's value from being kept", async () => {
  let runs = 0;
  const load: Once<number> = once(async () => {
    const run = ++runs;
    await drainMicrotasks();
    if (run === 1) load.reset();
    return run;
  });
  const calls = [load(), load()];
  assertEquals(await Promise.all(calls), [1, 1]);
  assertEquals(load.state, "idle");
  assertEquals(await load(), 2);
});

Deno.test("reset() in keepError() keeps the error from being kept", async () => {
  const load: Once<never> = once(() => Promise.reject("No"), {
    keepError() {
      load.reset();
      return true;
    },
  });
  assertEquals(await reasonOf(load()), "No");
  assertEquals(load.state, "idle");
});

Deno.test("reset() many times over gives each caller the outcome of its own run", async () => {
  const { load, runs } = makeLoad(options);
  const calls = Array.from({ length: 20 }, () => {
    const call = load();
    load.reset();
    return call;
  });
  runs.toReversed().forEach((run, i) => run.resolve(19 - i));
  assertEquals(await Promise.all(calls), runs.map((_, i) => i));
  assertEquals(load.state, "idle");
});
