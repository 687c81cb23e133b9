/**
 * `open()` lets through everyone who waits at that moment, in order, even if
 * `close()` follows in the same tick.
 */

import { assertEquals } from "@std/assert";
import { Gate } from "../../gate.ts";
import { makeJournal } from "../support/journal.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";

Deno.test("open() lets through everyone who waits, in order", async () => {
  const gate = new Gate();
  const { notes, note } = makeJournal();
  const { signal } = new AbortController();
  note("a", gate.wait());
  note("b", gate.wait({ signal }));
  note("c", gate.wait());
  await drainMicrotasks();
  assertEquals(notes, []);
  gate.open();
  assertEquals(gate.waiting, 0);
  await drainMicrotasks();
  assertEquals(notes, ["a", "b", "c"]);
});

Deno.test("open(), then close() lets through who waits and holds up who comes", async () => {
  const gate = new Gate();
  const waits = [gate.wait(), gate.wait()];
  gate.open();
  gate.close();
  const late = gate.wait();
  await Promise.all(waits);
  assertEquals(gate.isOpen, false);
  assertEquals(await settledState(late), "pending");
  gate.open();
  await late;
});

Deno.test("open() leaves the gate open for all who come", async () => {
  const gate = new Gate();
  gate.open();
  gate.open();
  await gate.wait();
  await gate.wait();
  assertEquals(gate.isOpen, true);
});

Deno.test("close() of a closed gate changes nothing", async () => {
  const gate = new Gate();
  const wait = gate.wait();
  gate.close();
  assertEquals(await settledState(wait), "pending");
  gate.open();
  await wait;
});

Deno.test("whoever comes while open() lets others through goes through too", async () => {
  const gate = new Gate();
  const { signal } = new AbortController();
  let late: Promise<void> | undefined;
  // Called as the first waiter is let through.
  const removeEventListener = () => {
    late = gate.wait();
    assertEquals(gate.waiting, 0);
  };
  const wait = gate.wait({
    signal: Object.assign(signal, { removeEventListener }),
  });
  gate.open();
  await wait;
  await late;
});

Deno.test("close() while open() lets others through holds up nobody who waits", async () => {
  const gate = new Gate();
  const { signal } = new AbortController();
  let late: Promise<void> | undefined;
  const removeEventListener = () => {
    gate.close();
    late = gate.wait();
  };
  const waits = [
    gate.wait({ signal: Object.assign(signal, { removeEventListener }) }),
    gate.wait(),
  ];
  gate.open();
  await Promise.all(waits);
  assertEquals(gate.isOpen, false);
  assertEquals(await settledState(late!), "pending");
});

Deno.test("open() lets 100 000 through", async () => {
  const gate = new Gate();
  const waits = Array.from({ length: 100_000 }, () => gate.wait());
  assertEquals(gate.waiting, waits.length);
  gate.open();
  await Promise.all(waits);
});
