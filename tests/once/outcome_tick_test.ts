/** In which microtask callers get the outcome, and who wins the one before. */

import { assertEquals, assertRejects } from "@std/assert";
import { once } from "../../once.ts";

for (const isFailure of [false, true]) {
  const what = isFailure ? "error" : "value";

  Deno.test(`all callers have the ${what} in the microtask that ends the run`, async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const load = once(() => promise);
    const order: string[] = [];
    const note = (name: string) => () => order.push(`${name}, ${load.state}`);
    const controller = new AbortController();
    const calls = [
      load({ signal: controller.signal }),
      load(),
      load({ signal: controller.signal }),
    ];
    calls.forEach((call, i) => call.then(note(`${i}`), note(`${i}`)));
    (isFailure ? reject : resolve)("outcome");
    // The first microtask after the run has ended comes too late for an abort.
    while (load.state === "running") await undefined;
    controller.abort("gone");
    const results = await Promise.allSettled(calls);
    assertEquals(
      results.map((it) => it.status === "fulfilled" ? it.value : it.reason),
      ["outcome", "outcome", "outcome"],
    );
    const state = isFailure ? "idle" : "done";
    assertEquals(order, ["0", "1", "2"].map((name) => `${name}, ${state}`));
  });

  Deno.test(`an abort before the microtask that brings the ${what} wins`, async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const load = once(() => promise);
    const controller = new AbortController();
    const call = load({ signal: controller.signal });
    (isFailure ? reject : resolve)("outcome");
    controller.abort(new Error("gone"));
    await assertRejects(() => call, Error, "gone");
    assertEquals(load.state, "idle");
  });
}

Deno.test("a synchronous fn's value is there one microtask after the call", async () => {
  const load = once(() => 42);
  const controller = new AbortController();
  const call = load({ signal: controller.signal });
  assertEquals(load.state, "running");
  await undefined;
  assertEquals(load.state, "done");
  controller.abort("gone");
  assertEquals(await call, 42);
});
