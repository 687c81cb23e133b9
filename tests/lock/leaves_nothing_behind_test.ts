/**
 * Promise: whichever way a wait ends, its abort listener and its timer are
 * gone. Ten thousand waiters on one signal add one listener to it.
 */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyedLock } from "../../keyed_lock.ts";
import { Lock } from "../../lock.ts";
import { once } from "../../once.ts";
import { countListeners } from "../support/listeners.ts";

for (const end of ["release", "abort", "timeout", "cancel"] as const) {
  Deno.test(`a wait that ends by ${end} leaves neither listener nor timer`, async () => {
    using time = new FakeTime();
    const lock = new Lock();
    const controller = new AbortController();
    const listeners = countListeners(controller.signal);
    const ends = {
      release: () => lock.release(),
      abort: () => controller.abort(),
      timeout: () => time.tick(10),
      cancel: () => lock.cancel(),
    };
    await lock.acquire();
    const wait = lock.acquire({ signal: controller.signal, timeout: 10 });
    assertEquals(listeners, { added: 1, removed: 0 });

    ends[end]();
    assertEquals(listeners, { added: 1, removed: 1 });
    assertEquals(time.next(), false);
    await Promise.allSettled([wait]);
  });
}

Deno.test("a call that does not have to wait adds neither listener nor timer", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  (await lock.acquire({ signal, timeout: 10 })).release();
  await lock.run(() => {}, { signal, timeout: 10 });
  assertEquals(listeners.added, 0);
  assertEquals(time.next(), false);
});

Deno.test("10 000 waiters on one signal add one listener to it", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  await lock.acquire();
  const waits = Array.from({ length: 10_000 }, () => lock.acquire({ signal }));
  assertEquals(listeners, { added: 1, removed: 0 });

  const results = Promise.allSettled(waits);
  controller.abort("enough");
  assertEquals(listeners, { added: 1, removed: 1 });
  assertEquals(lock.waiting, 0);
  for (const result of await results) {
    assertEquals(result, { status: "rejected", reason: "enough" });
  }
});

Deno.test("10 000 waiters on one signal that are granted remove its listener", async () => {
  const lock = new Lock();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const guard = await lock.acquire();
  const waits = Array.from(
    { length: 10_000 },
    () => lock.acquire({ signal }).then((guard) => guard.release()),
  );
  guard.release();
  await Promise.all(waits);
  assertEquals(listeners, { added: 1, removed: 1 });
});

Deno.test("waiters of every primitive share one listener of their signal", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  const one = new Lock();
  const other = new Lock();
  const keyed = new KeyedLock();
  await Promise.all([one.acquire(), other.acquire(), keyed.acquire("a")]);
  const waits = [
    one.acquire({ signal }),
    other.run(() => {}, { signal }),
    keyed.acquire("a", { signal }),
    keyed.acquireAll(["a", "b"], { signal }),
    once(() => new Promise(() => {}))({ signal }),
  ];
  assertEquals(listeners, { added: 1, removed: 0 });

  controller.abort();
  assertEquals(listeners, { added: 1, removed: 1 });
  const results = await Promise.allSettled<unknown>(waits);
  assertEquals(
    results.map(({ status }) => status),
    waits.map(() => "rejected"),
  );
});

Deno.test("the shared listener stays until the last waiter has left", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  await lock.acquire();
  const granted = lock.acquire({ signal });
  const aborted = lock.acquire({ signal });
  lock.release();
  assertEquals(listeners, { added: 1, removed: 0 });
  await granted;
  controller.abort("later");
  assertEquals(await aborted.catch((reason) => reason), "later");
  assertEquals(listeners, { added: 1, removed: 1 });
});

Deno.test("a signal can be used for one wait after another", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  for (let round = 1; round <= 3; round++) {
    const guard = await lock.acquire();
    const wait = lock.acquire({ signal });
    assertEquals(listeners, { added: round, removed: round - 1 });
    guard.release();
    (await wait).release();
  }
  await lock.acquire();
  const aborted = lock.acquire({ signal });
  controller.abort("at last");
  assertEquals(await aborted.catch((reason) => reason), "at last");
});

// The loser of a race has to be aborted. A waiter that is only forgotten gets the
// lock one day and keeps it for ever.
Deno.test("a wait that loses a race and is aborted never gets the lock", async () => {
  const one = new Lock();
  const other = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  await Promise.all([one.acquire(), other.acquire()]);
  const race = Promise.race([
    one.acquire({ signal }),
    other.acquire({ signal }),
  ]);
  one.release();
  const winner = await race;
  controller.abort();
  other.release();
  assertEquals(other.locked, false);
  assertEquals(winner.held, true);
});

Deno.test("a signal whose addEventListener throws leaves no waiter behind", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  const { signal } = new AbortController();
  const broken = new Error("Not here");
  let calls = 0;
  signal.addEventListener = () => {
    if (++calls === 1) throw broken;
  };
  await lock.acquire();
  assertEquals(
    await lock.acquire({ signal, timeout: 10 }).catch((error) => error),
    broken,
  );
  assertEquals(lock.waiting, 0);
  assertEquals(time.next(), false);

  // The signal does not count as one that has a listener already.
  const next = lock.acquire({ signal });
  assertEquals(calls, 2);
  lock.release();
  await next;
});
