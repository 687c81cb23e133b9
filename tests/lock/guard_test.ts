/**
 * Promise: a guard frees only its own hold, once. No stale guard, second
 * `release()` or mix of the ways to release frees somebody else's hold.
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { Lock, type LockGuard } from "../../lock.ts";
import { settledState } from "../support/promises.ts";

type Release = (lock: Lock, guard: LockGuard) => void;

const guardReleases: Record<string, Release> = {
  "LockGuard.release()": (_, guard) => guard.release(),
  "LockGuard[Symbol.dispose]()": (_, guard) => guard[Symbol.dispose](),
  "LockGuard[Symbol.asyncDispose]()": (_, guard) => {
    guard[Symbol.asyncDispose]();
  },
};
const releases: Record<string, Release> = {
  "Lock.release()": (lock) => lock.release(),
  ...guardReleases,
};

for (const [first, release] of Object.entries(releases)) {
  Deno.test(`${first} ends the guard's hold`, async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    assert(guard.held);
    release(lock, guard);
    assertFalse(guard.held);
  });

  for (const [second, releaseAgain] of Object.entries(guardReleases)) {
    Deno.test(`${second} after ${first} does nothing to a free lock`, async () => {
      const lock = new Lock();
      const guard = await lock.acquire();
      release(lock, guard);
      releaseAgain(lock, guard);
      assertFalse(lock.locked);
      assert((await lock.acquire()).held);
    });

    Deno.test(`${second} after ${first} does nothing to the next hold`, async () => {
      const lock = new Lock();
      const guard = await lock.acquire();
      const next = lock.acquire();
      const afterNext = lock.acquire();
      release(lock, guard);
      releaseAgain(lock, guard); // before the waiter goes on
      assertEquals(lock.waiting, 1);

      const nextGuard = await next;
      releaseAgain(lock, guard); // and after
      assert(nextGuard.held);
      assertEquals(await settledState(afterNext), "pending");
      nextGuard.release();
      assert((await afterNext).held);
    });
  }
}

Deno.test("a stale guard frees none of the many holds that come later", async () => {
  const lock = new Lock();
  const stale = await lock.acquire();
  stale.release();
  for (let i = 0; i < 100; i++) {
    const guard = await lock.acquire();
    stale.release();
    assertFalse(stale.held);
    assert(guard.held);
    guard.release();
  }
});

Deno.test("a guard does not free another lock", async () => {
  const one = new Lock();
  const other = new Lock();
  const guard = await one.acquire();
  using held = await other.acquire();
  guard.release();
  guard.release();
  assert(held.held);
});

Deno.test("using frees the lock at the end of its block", async () => {
  const lock = new Lock();
  {
    using guard = await lock.acquire();
    assert(guard.held);
    assert(lock.locked);
  }
  assertFalse(lock.locked);
});

Deno.test("await using frees the lock at the end of its block", async () => {
  const lock = new Lock();
  {
    await using guard = await lock.acquire();
    assert(guard.held);
    assert(lock.locked);
  }
  assertFalse(lock.locked);
});

Deno.test("using frees the lock when its block throws", async () => {
  const lock = new Lock();
  const error = new Error("Thrown inside");
  const block = async () => {
    using _ = await lock.acquire();
    throw error;
  };
  assertStrictEquals(await assertRejects(block), error);
  assertFalse(lock.locked);
});

for (const [title, release] of Object.entries(releases)) {
  Deno.test(`using together with ${title} does not end the next hold`, async () => {
    const lock = new Lock();
    let next;
    {
      using guard = await lock.acquire();
      next = lock.acquire();
      release(lock, guard);
    }
    assert((await next).held);
  });
}

Deno.test("a guard made by hand holds nothing and frees nothing", async () => {
  const lock = new Lock();
  const { constructor } = await new Lock().acquire();
  const forged = Reflect.construct(constructor, [lock]) as LockGuard;
  for (const locked of [false, true]) {
    assertEquals(forged.held, false);
    forged.release();
    assertEquals(lock.locked, locked);
    lock.tryAcquire();
  }
});
