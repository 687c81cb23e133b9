/**
 * Promise: callers that come while it runs share the run; after success every
 * call gives the value, and `fn` never runs again.
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { once } from "../../once.ts";
import { settledState } from "../support/promises.ts";

Deno.test("callers that come while fn runs share the run and its value", async () => {
  const { promise, resolve } = Promise.withResolvers<object>();
  let runs = 0;
  const load = once(() => {
    runs++;
    return promise;
  });
  const { signal } = new AbortController();
  const calls = [load(), load({ signal }), load({ signal: undefined })];
  assertEquals(await settledState(calls[0]!), "pending");
  calls.push(load());

  const value = {};
  resolve(value);
  for (const call of calls) assertStrictEquals(await call, value);
  assertEquals(runs, 1);
});

Deno.test("callers of one tick share the run of a synchronous fn", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  assertEquals(await Promise.all([load(), load(), load()]), [1, 1, 1]);
  assertEquals(runs, 1);
});

Deno.test("fn starts at the first call, before that returns", () => {
  let started = false;
  const load = once(() => started = true);
  assertEquals(started, false);
  load();
  assertEquals(started, true);
});

Deno.test("after success every call gives the value, and fn never runs again", async () => {
  let runs = 0;
  const load = once(() => Promise.resolve({ run: ++runs }));
  const value = await load();
  for (let i = 0; i < 3; i++) {
    assertStrictEquals(await load(), value);
    assertStrictEquals(
      await load({ signal: new AbortController().signal }),
      value,
    );
  }
  assertEquals(value, { run: 1 });
});

Deno.test("a call made as soon as the first caller has the value gives the same value", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  const second = load().then(() => load());
  assertEquals(await second, 1);
  assertEquals(runs, 1);
});

for (const value of [undefined, null, 0, NaN, "", false, 0n]) {
  Deno.test(`the value ${Deno.inspect(value)} is a value like any other`, async () => {
    let runs = 0;
    const load = once(() => {
      runs++;
      return value;
    });
    assertStrictEquals(await load(), value);
    assertStrictEquals(await load(), value);
    assertEquals(load.state, "done");
    assertEquals(runs, 1);
  });
}

Deno.test("10 000 callers share one run", async () => {
  let runs = 0;
  const load = once(async () => {
    await Promise.resolve();
    return ++runs;
  });
  const calls = Array.from({ length: 10_000 }, () => load());
  assert((await Promise.all(calls)).every((value) => value === 1));
  assertEquals(runs, 1);
});

Deno.test("each function made by once() runs for itself", async () => {
  let runs = 0;
  const fn = () => ++runs;
  const [one, other] = [once(fn), once(fn)];
  assertEquals([await one(), await other(), await one()], [1, 2, 1]);
});
