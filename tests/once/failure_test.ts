/**
 * Promise: a failure reaches every caller of that run and is not remembered,
 * unless `keepError` says so: the next call tries again.
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { once } from "../../once.ts";
import { makeLoad } from "../support/once.ts";
import { drainMicrotasks, reasonOf } from "../support/promises.ts";

const everyFailure: [string, (error: unknown) => unknown][] = [
  ["throws", (error) => {
    throw error;
  }],
  ["rejects", (error) => Promise.reject(error)],
  ["rejects later", async (error) => {
    await drainMicrotasks();
    throw error;
  }],
];

for (const [title, failWith] of everyFailure) {
  Deno.test(`a failure of fn that ${title} reaches every caller of the run`, async () => {
    const error = new Error("No");
    const load = once(() => failWith(error));
    const reasons = [load(), load(), load()].map(reasonOf);
    for (const reason of reasons) assertStrictEquals(await reason, error);
  });

  Deno.test(`the next call after a failure of fn that ${title} tries again`, async () => {
    let runs = 0;
    const load = once(() => ++runs < 3 ? failWith(runs) : "value");
    assertEquals(await reasonOf(load()), 1);
    assertEquals(load.state, "idle");
    assertEquals(await Promise.all([load(), load()].map(reasonOf)), [2, 2]);
    assertEquals(await load(), "value");
    assertEquals(runs, 3);
  });

  for (const error of [new Error("No"), undefined, null, false]) {
    Deno.test(`a failure of fn that ${title} with ${error} is kept if keepError() says so`, async () => {
      let runs = 0;
      const asked: unknown[] = [];
      const load = once(() => {
        runs++;
        return failWith(error);
      }, { keepError: (error) => asked.push(error) === 1 });
      const reasons = [load(), load()].map(reasonOf);
      for (const reason of reasons) assertStrictEquals(await reason, error);
      assertEquals(load.state, "failed");
      assertStrictEquals(await reasonOf(load()), error);
      assertEquals(asked, [error]);
      assertEquals(runs, 1);
    });
  }
}

Deno.test("a caller who calls again as soon as a run has failed starts a new one", async () => {
  let runs = 0;
  const load = once(() => ++runs === 1 ? Promise.reject("No") : runs);
  const again = () => load();
  const calls = [load().catch(again), load().catch(again)];
  assertEquals(await Promise.all(calls), [2, 2]);
});

Deno.test("keepError() is asked about each failure that is not kept, and not about a value", async () => {
  let runs = 0;
  const asked: unknown[] = [];
  const load = once(
    () => ++runs < 3 ? Promise.reject(runs) : runs,
    {
      keepError(error) {
        asked.push(error);
        return false;
      },
    },
  );
  await reasonOf(load());
  assertEquals(load.state, "idle");
  await reasonOf(load());
  assertEquals(await load(), 3);
  assertEquals(asked, [1, 2]);
});

Deno.test("keepError() is not asked about a run that reset() forgot or that all callers have left", async () => {
  const asked: unknown[] = [];
  const { load, runs } = makeLoad({
    keepError: (error) => asked.push(error) > 0,
  });
  const forgotten = reasonOf(load());
  load.reset();
  const controller = new AbortController();
  const abandoned = reasonOf(load({ signal: controller.signal }));
  controller.abort("enough");

  for (const run of runs) run.reject("late");
  assertEquals(await forgotten, "late");
  assertEquals(await abandoned, "enough");
  await drainMicrotasks();
  assertEquals(asked, []);
  assertEquals(load.state, "idle");
});

Deno.test("what keepError() throws reaches every caller of the run, and nothing is kept", async () => {
  let runs = 0;
  const load = once(
    () => ++runs === 1 ? Promise.reject("No") : runs,
    {
      keepError(error) {
        throw `${error}, in keepError`;
      },
    },
  );
  const calls = [load(), load()].map(reasonOf);
  for (const call of calls) assertEquals(await call, "No, in keepError");
  assertEquals(load.state, "idle");
  assertEquals(await load(), 2);
});

Deno.test("a kept error beats an aborted signal, as a value does", async () => {
  const load = once(() => Promise.reject("No"), { keepError: () => true });
  await reasonOf(load());
  const signal = AbortSignal.abort("Enough");
  assertEquals(await reasonOf(load({ signal })), "No");
});

Deno.test("a call from inside keepError() joins the run that has failed", async () => {
  let runs = 0;
  let inside: Promise<unknown> | undefined;
  const load = once(() => Promise.reject(++runs), {
    keepError() {
      inside = reasonOf(load());
      return true;
    },
  });
  assertEquals(await reasonOf(load()), 1);
  assertEquals(load.state, "failed");
  assertEquals(await inside, 1);
  assertEquals(runs, 1);
});
