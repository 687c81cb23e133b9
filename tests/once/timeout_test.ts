import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { once } from "../../once.ts";
import { makeLoad } from "../support/once.ts";
import { reasonOf } from "../support/promises.ts";

Deno.test("a timeout ends its own caller's wait", async () => {
  using time = new FakeTime();
  const { load, runs } = makeLoad();
  const patient = load();
  const impatient = load({ timeout: 10 });
  time.tick(10);
  await assertRejects(
    () => impatient,
    DOMException,
    "Cannot call a once function within 10 ms: still running, 1 waiting",
  );
  assertEquals(load.state, "running");
  assertEquals(runs[0]!.signal.aborted, false);
  runs[0]!.resolve(42);
  assertEquals(await patient, 42);
  assertEquals(time.next(), false);
});

Deno.test("the run is abandoned when the last caller has left by timeout", async () => {
  using time = new FakeTime();
  const { load, runs } = makeLoad();
  const calls = [load({ timeout: 10 }), load({ timeout: 20 })];
  time.tick(10);
  assertEquals(runs[0]!.signal.aborted, false);
  time.tick(10);
  const { aborted, reason } = runs[0]!.signal;
  assertEquals(aborted, true);
  assert(reason instanceof DOMException);
  assertEquals(reason.name, "TimeoutError");
  assertEquals(load.state, "idle");
  for (const call of calls) {
    assertEquals((await reasonOf(call) as Error).name, "TimeoutError");
  }
  runs[0]!.resolve("too late");
  const again = load();
  assertEquals(runs.length, 2);
  runs[1]!.resolve("fresh");
  assertEquals(await again, "fresh");
});

Deno.test("a caller may call again as soon as the run is abandoned by timeout", async () => {
  using time = new FakeTime();
  const { load, runs } = makeLoad();
  let again: Promise<unknown> | undefined;
  const first = load({ timeout: 10 }).catch((reason) => reason.name);
  runs[0]!.signal.addEventListener("abort", () => again = load());
  time.tick(10);
  assertEquals(load.state, "running");
  runs[1]!.resolve(42);
  assertEquals(await again, 42);
  assertEquals(await first, "TimeoutError");
});

Deno.test("a timeout of 0 without a value starts nothing and joins nothing", async () => {
  const { load, runs } = makeLoad();
  await assertRejects(() => load({ timeout: 0 }), DOMException, "has not run");
  assertEquals(load.state, "idle");
  assertEquals(runs.length, 0);
  const call = load();
  await assertRejects(() => load({ timeout: 0 }), DOMException, "1 waiting");
  assertEquals(runs[0]!.signal.aborted, false);
  runs[0]!.resolve(42);
  assertEquals(await call, 42);
});

Deno.test("a value, or an error that was kept, beats a timeout of 0", async () => {
  const load = once(() => 42);
  await load();
  assertEquals(await load({ timeout: 0 }), 42);
  const failed = once(() => Promise.reject("no"), { keepError: () => true });
  await reasonOf(failed());
  assertEquals(await reasonOf(failed({ timeout: 0 })), "no");
});

Deno.test("a timeout and a signal limit the same call, and leave nothing behind", async () => {
  using time = new FakeTime();
  const { load, runs } = makeLoad();
  const controller = new AbortController();
  const { signal } = controller;
  const call = load({ timeout: 10, signal });
  controller.abort("gone");
  assertEquals(await reasonOf(call), "gone");
  assertEquals(runs[0]!.signal.reason, "gone");
  assertEquals(time.next(), false);
});

Deno.test("an aborted signal beats a timeout of 0", async () => {
  const { load } = makeLoad();
  const signal = AbortSignal.abort("gone");
  assertEquals(await reasonOf(load({ signal, timeout: 0 })), "gone");
});
