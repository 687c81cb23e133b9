/** Promise: a guard gives back exactly what it took, once. */

import { assertEquals } from "@std/assert";
import { type LockGuard, Semaphore } from "../../semaphore.ts";

const releases: Record<string, (guard: LockGuard) => void> = {
  "release()": (guard) => guard.release(),
  "[Symbol.dispose]()": (guard) => guard[Symbol.dispose](),
  "[Symbol.asyncDispose]()": (guard) => void guard[Symbol.asyncDispose](),
};

for (const [first, release] of Object.entries(releases)) {
  for (const permits of [1, 3, 5]) {
    Deno.test(`${first} of a guard of ${permits} gives back as many`, async () => {
      const semaphore = new Semaphore(10);
      await semaphore.acquire({ permits: 2 });
      const guard = await semaphore.acquire({ permits });
      assertEquals([guard.held, semaphore.available], [true, 8 - permits]);
      release(guard);
      assertEquals([guard.held, semaphore.available], [false, 8]);
    });
  }

  for (const [second, releaseAgain] of Object.entries(releases)) {
    Deno.test(`${second} after ${first} gives nothing back`, async () => {
      const semaphore = new Semaphore(3);
      const guard = await semaphore.acquire({ permits: 2 });
      const next = semaphore.acquire({ permits: 3 });
      const behind = semaphore.acquire();
      release(guard);
      releaseAgain(guard);
      assertEquals([semaphore.available, semaphore.waiting], [0, 1]);
      const nextGuard = await next;
      releaseAgain(guard);
      assertEquals(nextGuard.held, true);
      nextGuard.release();
      assertEquals((await behind).held, true);
      assertEquals(semaphore.available, 2);
    });
  }
}

Deno.test("each guard of a semaphore knows whether it holds itself", async () => {
  const semaphore = new Semaphore(2);
  const one = await semaphore.acquire();
  const other = await semaphore.acquire();
  one.release();
  assertEquals([one.held, other.held], [false, true]);
  one.release();
  assertEquals([other.held, semaphore.available], [true, 1]);
});

Deno.test("using gives the permits back at the end of its block", async () => {
  const semaphore = new Semaphore(3);
  {
    using _ = await semaphore.acquire();
    using __ = semaphore.tryAcquire(2);
    assertEquals(semaphore.available, 0);
  }
  assertEquals(semaphore.available, 3);
});

for (const permits of [undefined, 1, 3]) {
  for (const state of ["free", "taken"]) {
    Deno.test(`run() with permits ${permits} gives back what it took if they were ${state}`, async () => {
      const semaphore = new Semaphore(4);
      const options = permits === undefined ? undefined : { permits };
      const guard = state === "taken"
        ? await semaphore.acquire({ permits: 4 })
        : undefined;
      const running = [
        semaphore.run(() => semaphore.available, options),
        semaphore.run(() => Promise.resolve(semaphore.available), options),
      ];
      guard?.release();
      const left = 4 - (permits ?? 1);
      const [sync] = await Promise.all(running);
      if (state === "free") assertEquals(sync, left);
      assertEquals(semaphore.available, 4);
    });
  }
}

for (
  const fail of [
    () => {
      throw new Error("Thrown inside");
    },
    () => Promise.reject(new Error("Thrown inside")),
  ]
) {
  Deno.test(`run() of ${fail} gives the permits back`, async () => {
    const semaphore = new Semaphore(3);
    const available = await semaphore.run(fail, { permits: 2 })
      .catch(() => semaphore.available);
    assertEquals(available, 3);
  });
}
