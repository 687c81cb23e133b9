/**
 * `wait()` on an open gate resolves without joining a queue, also with an
 * aborted signal or `timeout: 0`. Bad options are refused all the same.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Gate } from "../../gate.ts";
import { countListeners } from "../support/listeners.ts";

Deno.test("an open gate beats an aborted signal", async () => {
  const gate = new Gate({ open: true });
  assertEquals(await gate.wait({ signal: AbortSignal.abort() }), undefined);
});

Deno.test("an open gate beats timeout 0", async () => {
  const gate = new Gate({ open: true });
  assertEquals(await gate.wait({ timeout: 0 }), undefined);
});

Deno.test("wait() on an open gate adds no listener, timer or waiter", async () => {
  using time = new FakeTime();
  const gate = new Gate({ open: true });
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const wait = gate.wait({ signal, timeout: 10 });
  assertEquals(gate.waiting, 0);
  assertEquals(listeners.added, 0);
  assertEquals(time.next(), false);
  await wait;
});

Deno.test("an open gate refuses bad options", async () => {
  const gate = new Gate({ open: true });
  const bad: object = { timeOut: 1 };
  await assertRejects(() => gate.wait(bad), TypeError, "no option");
  await assertRejects(() => gate.wait({ timeout: -1 }), RangeError);
});

Deno.test("a gate that opens while the options are read is open", async () => {
  const gate = new Gate();
  const options = {
    get signal() {
      gate.open();
      return AbortSignal.abort("gone");
    },
  };
  await gate.wait(options);
});

Deno.test("a gate that opens while the signal is looked at is open", async () => {
  const gate = new Gate();
  const { signal } = new AbortController();
  let looks = 0;
  Object.defineProperty(signal, "aborted", {
    get() {
      if (++looks === 2) gate.open(); // first it is asked for its type
      return false;
    },
  });
  await gate.wait({ signal });
  assertEquals(gate.waiting, 0);
});

Deno.test("a gate that opens as the wait begins to listen lets it through", async () => {
  const gate = new Gate();
  const { signal } = new AbortController();
  const addEventListener = () => gate.open();
  await gate.wait({ signal: Object.assign(signal, { addEventListener }) });
  assertEquals(gate.waiting, 0);
});
