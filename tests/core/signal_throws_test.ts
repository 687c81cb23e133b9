/** What a signal throws while a wait ends reaches nobody who released a lock. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { once } from "../../once.ts";
import { drainMicrotasks, reasonOf } from "../support/promises.ts";
import {
  type Held,
  makeSignal,
  waysToWait,
} from "../support/hostile_signals.ts";

function fail(): never {
  throw new Error("Thrown by the signal");
}

/** Two wait; the first with a signal that throws when its listener is removed. */
function makeWaits(hold: () => Held) {
  const held = hold();
  const signal = makeSignal({ removeEventListener: fail });
  const first = held.wait({ signal, timeout: 1 });
  return { held, signal, first, next: held.wait() };
}

for (const [title, hold] of Object.entries(waysToWait)) {
  Deno.test(`${title}: removeEventListener() may throw at a grant`, async () => {
    using time = new FakeTime();
    const { held, first, next } = makeWaits(hold);
    held.free();
    assertEquals(time.next(), false);
    (await first)[Symbol.dispose]();
    (await next)[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title}: removeEventListener() may throw at an abort`, async () => {
    using time = new FakeTime();
    const { held, signal, first, next } = makeWaits(hold);
    signal.abort("gone");
    assertEquals(await reasonOf(first), "gone");
    assertEquals(time.next(), false);
    held.free();
    (await next)[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title}: removeEventListener() may throw at a timeout`, async () => {
    using time = new FakeTime();
    const { held, first, next } = makeWaits(hold);
    time.tick(1);
    assertEquals((await reasonOf(first) as Error).name, "TimeoutError");
    held.free();
    (await next)[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title}: removeEventListener() may throw at cancel()`, async () => {
    using time = new FakeTime();
    const { held, first, next } = makeWaits(hold);
    held.cancel("cancelled");
    assertEquals(await reasonOf(first), "cancelled");
    assertEquals(await reasonOf(next), "cancelled");
    assertEquals(time.next(), false);
    held.free();
    assertEquals(held.isUsed, false);
  });

  for (const isHeard of [true, false]) {
    const when = isHeard ? "an abort is heard" : "an abort has not been heard";
    Deno.test(`${title}: the reason of a signal may throw when ${when}`, async () => {
      const held = hold();
      const signal = makeSignal({
        get reason() {
          return fail();
        },
      });
      const wait = held.wait({ signal });
      const next = held.wait();
      signal.aborted = true;
      if (isHeard) { for (const listener of signal.listeners) listener(); }
      held.free();
      assertEquals(
        (await reasonOf(wait) as Error).message,
        "Thrown by the signal",
      );
      (await next)[Symbol.dispose]();
      assertEquals(held.isUsed, false);
      assertEquals(signal.listeners.size, 0);
    });
  }

  Deno.test(`${title}: a signal whose \`aborted\` throws later does not end a wait`, async () => {
    const held = hold();
    let isBroken = false;
    const signal = makeSignal({
      get aborted() {
        return isBroken && fail();
      },
    });
    const wait = held.wait({ signal });
    const next = held.wait();
    isBroken = true;
    for (const listener of signal.listeners) listener();
    assertEquals(held.waiting, 2);
    held.free();
    (await wait)[Symbol.dispose]();
    (await next)[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title}: a signal whose \`aborted\` throws is refused`, async () => {
    const held = hold();
    const signal = makeSignal({
      get aborted() {
        return fail();
      },
    });
    const { message } = await reasonOf(held.wait({ signal })) as Error;
    assertEquals(
      message.endsWith("signal must be an AbortSignal, got an object"),
      true,
    );
    assertEquals(held.waiting, 0);
    held.free();
    assertEquals(held.isUsed, false);
  });

  Deno.test(`${title} does without Promise.prototype.then`, async () => {
    const held = hold();
    const prototype: object = Promise.prototype;
    const { then } = Promise.prototype;
    Object.assign(prototype, { then: fail });
    try {
      const granted: Disposable[] = [];
      (async () => granted.push(await held.wait({ timeout: 1000 })))();
      (async () => granted.push(await held.wait()))();
      held.free();
      for (let i = 0; i < 10; i++) await undefined;
      granted.pop()![Symbol.dispose]();
      for (let i = 0; i < 10; i++) await undefined;
      granted.pop()![Symbol.dispose]();
      assertEquals(held.isUsed, false);
    } finally {
      Object.assign(prototype, { then });
    }
  });
}

Deno.test("once() gives its value even if removeEventListener() throws", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const load = once(() => promise);
  const signal = makeSignal({ removeEventListener: fail });
  const calls = [load({ signal }), load(), load({ signal })];
  resolve(42);
  assertEquals(await Promise.all(calls), [42, 42, 42]);
  assertEquals(load.state, "done");
});

Deno.test("once() ends even if removeEventListener() and the reason throw", async () => {
  const signals: AbortSignal[] = [];
  const load = once((signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const signal = makeSignal({
    removeEventListener: fail,
    get reason() {
      return fail();
    },
  });
  const call = load({ signal });
  signal.aborted = true;
  for (const listener of signal.listeners) listener();
  const reason = await reasonOf(call);
  assertEquals((reason as Error).message, "Thrown by the signal");
  assertEquals(signals[0]!.reason, reason);
  assertEquals(load.state, "idle");
});

Deno.test("once() does not call Promise.prototype.then", async () => {
  const prototype: object = Promise.prototype;
  const { then } = Promise.prototype;
  const load = once(() => 42);
  const values: unknown[] = [];
  Object.assign(prototype, { then: fail });
  try {
    (async () => values.push(await load()))();
    (async () => values.push(await load()))();
    for (let i = 0; i < 10; i++) await undefined;
  } finally {
    Object.assign(prototype, { then });
  }
  await drainMicrotasks();
  assertEquals(values, [42, 42]);
  assertEquals(load.state, "done");
});
