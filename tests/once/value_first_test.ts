/**
 * Promise: a value that is there beats an aborted signal. A call from inside
 * `fn`'s own synchronous part throws instead of waiting for itself.
 */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Once, once } from "../../once.ts";
import { makeLoad } from "../support/once.ts";
import { reasonOf } from "../support/promises.ts";

Deno.test("a value that is there beats an aborted signal", async () => {
  const load = once(() => "value");
  await load();
  assertEquals(await load({ signal: AbortSignal.abort() }), "value");
});

Deno.test("an abort after the value is there changes nothing", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const { promise, resolve } = Promise.withResolvers<string>();
  const load = once(() => promise);
  const first = load();
  const second = load({ signal });
  resolve("value");
  await first;
  controller.abort();
  assertEquals(await second, "value");
});

for (const end of ["resolve", "reject"] as const) {
  Deno.test(`an outcome beats an abort whose listener has not run yet, at ${end}()`, async () => {
    // Some platforms run microtasks between two listeners. The signal is then
    // aborted, and our listener has not run yet.
    const signal = Object.assign(new EventTarget(), { aborted: false });
    const { load, runs } = makeLoad();
    const call = load({ signal: signal as AbortSignal });
    signal.aborted = true;
    runs[0]?.[end]("outcome");
    assertEquals(await (end === "resolve" ? call : reasonOf(call)), "outcome");
  });
}

const MESSAGE = "Cannot call a once function: it would wait for itself";

Deno.test("a call from inside fn's synchronous part throws", async () => {
  const load: Once<string> = once(() => {
    assertThrows(() => load(), Error, MESSAGE);
    assertThrows(() => load({ signal: AbortSignal.abort() }), Error, MESSAGE);
    return "value";
  });
  assertEquals(await load(), "value");
  assertEquals(await load(), "value");
});

Deno.test("a call from inside fn's synchronous part fails the run if fn does not catch the error", async () => {
  let runs = 0;
  const load: Once<number> = once(() => ++runs === 1 ? load() : runs);
  await assertRejects(() => load(), Error, MESSAGE);
  assertEquals(await load(), 2);
});

Deno.test("a call from inside fn's synchronous part throws even if reset() forgot the run or all callers have left", async () => {
  const controller = new AbortController();
  let runs = 0;
  const load: Once<number> = once(() => {
    if (++runs === 1) load.reset();
    if (runs === 2) controller.abort();
    assertThrows(() => load(), Error, MESSAGE);
    return runs;
  });
  assertEquals(await load(), 1);
  await assertRejects(
    () => load({ signal: controller.signal }),
    DOMException,
  );
  assertEquals(await load(), 3);
});

Deno.test("a call is possible again when fn's synchronous part has ended, even if it threw", async () => {
  let runs = 0;
  const load = once(() => {
    if (++runs === 1) throw new Error("No");
    return new Promise<number>((resolve) => resolve(runs));
  });
  await assertRejects(() => load(), Error, "No");
  const call = load();
  assertEquals(await Promise.all([load(), call]), [2, 2]);
});

Deno.test("another once function may be called from inside fn", async () => {
  const inner = once(() => "value");
  const outer = once(() => inner());
  assertEquals(await outer(), "value");
});
