/** `state` of a once function. */

import { assertEquals, assertThrows } from "@std/assert";
import { once } from "../../once.ts";

Deno.test("state says whether fn runs, succeeded or failed for good", async () => {
  let runs = 0;
  const load = once(
    () => ++runs < 3 ? Promise.reject(runs) : runs,
    { keepError: (error) => error === 2 },
  );
  const states = [load.state];
  const note = () => states.push(load.state);
  for (let i = 0; i < 2; i++) {
    const call = load();
    note();
    await call.catch(note);
  }
  load.reset();
  note();
  const call = load();
  note();
  await call.then(note);
  assertEquals(states, [
    "idle",
    "running",
    "idle",
    "running",
    "failed",
    "idle",
    "running",
    "done",
  ]);
});

Deno.test("state cannot be set", async () => {
  const load = once(() => "value");
  const writable = load as { state: string };
  assertThrows(() => writable.state = "done", TypeError);
  assertEquals(load.state, "idle");
  assertEquals(await load(), "value");
});
