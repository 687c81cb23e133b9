/**
 * Promise: an aborted signal rejects and takes nothing, even if the lock is free.
 * `timeout: 0` takes a free lock and otherwise rejects at once.
 */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { countListeners } from "../support/listeners.ts";

const reason = { because: "The client has gone" };

for (const timeout of [undefined, 0, 10]) {
  for (const state of ["free", "held"]) {
    Deno.test(`an aborted signal and timeout ${timeout} take nothing of a ${state} lock`, async () => {
      const lock = new Lock();
      if (state === "held") await lock.acquire();
      const signal = AbortSignal.abort(reason);
      const listeners = countListeners(signal);
      let called = false;
      const refused: Promise<unknown>[] = [
        lock.acquire({ signal, timeout }),
        lock.run(() => called = true, { signal, timeout }),
      ];
      assertEquals(lock.locked, state === "held");
      assertEquals(lock.waiting, 0);
      const reasons = refused.map((call) => call.catch((error) => error));
      for (const error of await Promise.all(reasons)) {
        assertStrictEquals(error, reason);
      }
      assertEquals(called, false);
      assertEquals(lock.locked, state === "held");
      assertEquals(listeners.added, 0);
    });
  }
}

Deno.test("an aborted signal does not keep the lock from others", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  const refused = lock.acquire({ signal: AbortSignal.abort(reason) });
  const next = lock.acquire();
  await assertRejects(() => refused);
  guard.release();
  assertEquals((await next).held, true);
});

for (const timeout of [0, -0]) {
  const limit = `timeout ${Deno.inspect(timeout)}`;

  Deno.test(`${limit} takes a free lock`, async () => {
    const lock = new Lock();
    const acquired = lock.acquire({ timeout });
    assertEquals(lock.locked, true);
    (await acquired).release();
    assertEquals(await lock.run(() => "done", { timeout }), "done");
  });

  Deno.test(`${limit} rejects at once if the lock is held`, async () => {
    using time = new FakeTime(); // stands still
    const lock = new Lock();
    await lock.acquire();
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    const refused = lock.acquire({ timeout, signal });
    assertEquals(lock.waiting, 0);
    const error = await assertRejects(() => refused, DOMException);
    assertEquals(error.name, "TimeoutError");
    assertEquals(listeners.added, 0);
    assertEquals(time.next(), false);
  });
}
