import { assertEquals } from "@std/assert";
import { makeLoad } from "../support/once.ts";
import { once } from "../../once.ts";
import { reasonOf } from "../support/promises.ts";

Deno.test("peek() gives the value if it is there, and runs nothing", async () => {
  const { load, runs } = makeLoad();
  assertEquals(load.peek(), undefined);
  assertEquals(runs.length, 0);
  const call = load();
  assertEquals(load.peek(), undefined);
  const value = {};
  runs[0]!.resolve(value);
  await call;
  assertEquals(load.peek() === value, true);
  assertEquals(load.state, "done");
});

Deno.test("peek() gives undefined after a failure, kept or not", async () => {
  for (const isKept of [true, false]) {
    const load = once(() => Promise.reject("no"), { keepError: () => isKept });
    await reasonOf(load());
    assertEquals(load.peek(), undefined);
  }
});

Deno.test("peek() gives undefined after reset()", async () => {
  const load = once(() => 42);
  await load();
  load.reset();
  assertEquals(load.peek(), undefined);
  await load();
  assertEquals(load.peek(), 42);
});

Deno.test("peek() may be called from inside fn", async () => {
  const load = once((): unknown => [load.peek()]);
  assertEquals(await load(), [undefined]);
});
