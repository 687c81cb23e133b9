/** Signals that lack something, or say things that are not so. */

import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { once } from "../../once.ts";
import { reasonOf, settledState } from "../support/promises.ts";
import { makeSignal, waysToWait } from "../support/hostile_signals.ts";

function assertAbortError(reason: unknown): void {
  assert(reason instanceof DOMException);
  assertEquals(reason.name, "AbortError");
}

for (const [title, hold] of Object.entries(waysToWait)) {
  Deno.test(`${title} rejects with an AbortError if the signal gives no reason`, async () => {
    const held = hold();
    const signal = makeSignal();
    const waits = [held.wait({ signal }), held.wait({ signal })].map(reasonOf);
    signal.abort(undefined);
    waits.push(reasonOf(held.wait({ signal })));
    const reasons = await Promise.all(waits);
    reasons.forEach(assertAbortError);
    assertNotStrictEquals(reasons[0], reasons[1]);
    assertEquals(held.waiting, 0);
    held.free();
  });

  Deno.test(`${title} goes on if an abort event is dispatched on a signal that is not aborted`, async () => {
    const held = hold();
    const controller = new AbortController();
    const { signal } = controller;
    const first = held.wait({ signal });
    const second = held.wait({ signal });
    signal.dispatchEvent(new Event("abort"));
    assertEquals(await settledState(first), "pending");
    held.free();
    (await first)[Symbol.dispose]();
    const guard = await second;
    const third = held.wait({ signal });
    signal.dispatchEvent(new Event("abort"));
    assertEquals(await settledState(third), "pending");
    controller.abort("gone");
    assertEquals(await reasonOf(third), "gone");
    guard[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });

  for (const close of [Object.freeze, Object.seal, Object.preventExtensions]) {
    Deno.test(`${title} takes a polyfill after Object.${close.name}()`, async () => {
      const held = hold();
      let isAborted = false;
      const signal = close(makeSignal({
        get aborted() {
          return isAborted;
        },
        reason: "gone",
      }));
      const first = held.wait({ signal });
      const second = held.wait({ signal });
      assertEquals(signal.listeners.size, 1);
      held.free();
      const guard = await first;
      assertEquals(signal.listeners.size, 1);
      isAborted = true;
      for (const listener of signal.listeners) listener();
      assertEquals(await reasonOf(second), "gone");
      assertEquals(signal.listeners.size, 0);
      guard[Symbol.dispose]();
      assertEquals(held.isUsed, false);
    });
  }

  Deno.test(`${title} takes a polyfill that is frozen while it waits`, async () => {
    const held = hold();
    let isAborted = false;
    const signal = makeSignal({
      get aborted() {
        return isAborted;
      },
      reason: "gone",
    });
    const first = held.wait({ signal });
    Object.freeze(signal);
    const second = held.wait({ signal });
    assertEquals(signal.listeners.size, 1);
    held.free();
    const guard = await first;
    isAborted = true;
    for (const listener of signal.listeners) listener();
    assertEquals(await reasonOf(second), "gone");
    guard[Symbol.dispose]();
    assertEquals(held.isUsed, false);
  });
}

Deno.test("once() gives an AbortError to callers and to fn if a signal gives no reason", async () => {
  let inner: AbortSignal | undefined;
  const load = once((signal) => {
    inner = signal;
    return new Promise(() => {});
  });
  const signal = makeSignal();
  const call = reasonOf(load({ signal }));
  signal.abort(undefined);
  assertAbortError(await call);
  assertEquals(inner!.reason, await call);
  assertAbortError(await reasonOf(load({ signal })));
});

Deno.test("once() goes on if an abort event is dispatched on a signal that is not aborted", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const load = once(() => promise);
  const { signal } = new AbortController();
  const call = load({ signal });
  signal.dispatchEvent(new Event("abort"));
  assertEquals(load.state, "running");
  resolve(42);
  assertEquals(await call, 42);
});
