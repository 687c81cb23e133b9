import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { once } from "../../once.ts";

Deno.test("the function that once() makes has the name of fn", () => {
  function load() {}
  assertEquals(once(load).name, "load");
  const connect = once(() => 42);
  assertEquals(connect.name, "");
  const named = { open: () => 42 };
  assertEquals(once(named.open).name, "open");
});

Deno.test("the name of fn is in the messages", async () => {
  const load = once(function load() {
    return new Promise(() => {});
  });
  await assertRejects(
    () => load({ timeout: 0 }),
    DOMException,
    'Cannot call once function "load" within 0 ms: it has not run yet',
  );
  load();
  await assertRejects(
    () => load({ timeout: 1 }),
    DOMException,
    'Cannot call once function "load" within 1 ms: still running, 1 waiting',
  );
  await assertRejects(
    () => load({ timeout: -1 }),
    RangeError,
    'Cannot call once function "load": timeout must be',
  );
  let error: unknown;
  const inner = once(function again() {
    try {
      inner();
    } catch (thrown) {
      error = thrown;
    }
  });
  await inner();
  assertThrows(
    () => {
      throw error;
    },
    Error,
    'Cannot call once function "again": it would wait for itself',
  );
});

Deno.test("a name of fn that is not a string counts as none", async () => {
  const fn = Object.defineProperty(() => 42, "name", { value: 5 });
  const load = once(fn);
  assertEquals(load.name, "");
  await assertRejects(
    () => load({ timeout: 0 }),
    DOMException,
    "Cannot call a once function within 0 ms",
  );
  assertEquals(Deno.inspect(load), "Once [idle]");
});
