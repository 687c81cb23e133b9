/** What a signal may do while it is being listened to. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { once } from "../../once.ts";
import { reasonOf, settledState } from "../support/promises.ts";
import { makeSignal, waysToWait } from "../support/hostile_signals.ts";

for (const [title, hold] of Object.entries(waysToWait)) {
  Deno.test(`${title} gets what its signal frees while it is listened to`, async () => {
    using time = new FakeTime();
    const held = hold();
    const signal = makeSignal({
      addEventListener(_: string, listener: () => void) {
        held.free();
        this.listeners.add(listener);
      },
    });
    const guard = await held.wait({ signal, timeout: 1000 });
    assertEquals(held.waiting, 0);
    assertEquals(signal.listeners.size, 0);
    assertEquals(time.next(), false);
    guard[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} gets its turn if its signal frees it while another waits`, async () => {
    const held = hold();
    const signal = makeSignal({ addEventListener: () => held.free() });
    const first = held.wait();
    const second = held.wait({ signal });
    (await first)[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} rejects if its signal is aborted, and says nothing, while it is listened to`, async () => {
    using time = new FakeTime();
    const held = hold();
    const signal = makeSignal({
      addEventListener(_: string, listener: () => void) {
        this.listeners.add(listener);
        this.aborted = true;
        this.reason = "gone";
      },
    });
    assertEquals(await reasonOf(held.wait({ signal, timeout: 1 })), "gone");
    assertEquals(held.waiting, 0);
    assertEquals(signal.listeners.size, 0);
    assertEquals(time.next(), false);
    held.free();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} rejects if its signal is aborted, and says so, while it is listened to`, async () => {
    const held = hold();
    const signal = makeSignal({
      addEventListener(_: string, listener: () => void) {
        this.listeners.add(listener);
        this.abort("gone");
      },
    });
    assertEquals(await reasonOf(held.wait({ signal })), "gone");
    assertEquals(signal.listeners.size, 0);
    held.free();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} rejects if its signal cancels it while it is listened to`, async () => {
    using time = new FakeTime();
    const held = hold();
    const signal = makeSignal({
      addEventListener(_: string, listener: () => void) {
        held.cancel("cancelled");
        this.listeners.add(listener);
      },
    });
    const wait = held.wait({ signal, timeout: 1 });
    assertEquals(await reasonOf(wait), "cancelled");
    assertEquals(signal.listeners.size, 0);
    assertEquals(time.next(), false);
    held.free();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} rejects with what its signal throws while it is listened to`, async () => {
    using time = new FakeTime();
    const held = hold();
    const signal = makeSignal({
      addEventListener(_: string, listener: () => void) {
        this.listeners.add(listener);
        throw new Error("Not today");
      },
    });
    const wait = held.wait({ signal, timeout: 1 });
    const next = held.wait();
    await assertRejects(() => wait, Error, "Not today");
    assertEquals(held.waiting, 1);
    assertEquals(signal.listeners.size, 0);
    assertEquals(time.next(), false);
    held.free();
    (await next)[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} leaves nothing behind if its signal frees it and then throws`, async () => {
    const held = hold();
    const signal = makeSignal({
      addEventListener() {
        held.free();
        throw new Error("Too late");
      },
    });
    const guard = await held.wait({ signal }).catch(() => undefined);
    guard?.[Symbol.dispose]();
    assertEquals(held.waiting, 0);
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} leaves nobody waiting if no timer can be made`, async () => {
    const held = hold();
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (() => {
      throw new Error("No timers here");
    }) as never;
    let wait;
    try {
      wait = held.wait({ timeout: 1 });
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    await assertRejects(() => wait, Error, "No timers here");
    assertEquals(held.waiting, 0);
    held.free();
    assertEquals(held.isUsed, false);
  });
}

Deno.test("once() runs once if its first caller's signal calls while it is listened to", async () => {
  let runs = 0;
  const load = once(() => Promise.resolve(++runs));
  let inner;
  const signal = makeSignal({ addEventListener: () => inner = load() });
  assertEquals(await load({ signal }), 1);
  assertEquals(await inner, 1);
  assertEquals(runs, 1);
});

Deno.test("once() starts nothing if its only caller's signal is aborted while it is listened to", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  const signal = makeSignal({
    addEventListener() {
      this.abort("gone");
      this.aborted = true;
    },
  });
  assertEquals(await reasonOf(load({ signal })), "gone");
  assertEquals(load.state, "idle");
  assertEquals(runs, 0);
  assertEquals(await load(), 1);
});

Deno.test("once() runs for whoever called while the first caller's signal was listened to", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  let inner;
  const signal = makeSignal({
    addEventListener() {
      inner = load();
      this.aborted = true;
      this.reason = "gone";
    },
  });
  assertEquals(await reasonOf(load({ signal })), "gone");
  assertEquals(await inner, 1);
  assertEquals(runs, 1);
});

Deno.test("once() starts nothing if its only caller's signal throws while it is listened to", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  const signal = makeSignal({
    addEventListener() {
      throw new Error("Not today");
    },
  });
  await assertRejects(
    () => load({ signal, timeout: 1000 }),
    Error,
    "Not today",
  );
  assertEquals(load.state, "idle");
  assertEquals(runs, 0);
});

Deno.test("once() keeps the run of a caller whose signal aborts and calls while it is listened to", async () => {
  let runs = 0;
  const load = once(() => ++runs);
  let inner;
  const signal = makeSignal({
    addEventListener(_: string, listener: () => void) {
      this.listeners.add(listener);
      this.aborted = true;
      listener();
      inner = load();
    },
  });
  const outer = load({ signal });
  assertEquals(await settledState(outer), "rejected");
  assertEquals(await inner, 1);
  assert(runs === 1);
});
