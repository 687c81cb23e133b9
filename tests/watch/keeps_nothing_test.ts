/** A watch keeps neither guards nor keys nor locks alive. */

import { assertEquals } from "@std/assert";
import { KeyedLock, Lock } from "../../mod.ts";
import { watchLocks } from "../../watch.ts";
import { collectGarbage, isCollected } from "../support/gc.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { Watching } from "./watching.ts";

Deno.test("a lock that is held and forgotten goes with its guard", async () => {
  using watch = watchLocks();
  const refs = await (async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    return [new WeakRef<object>(lock), new WeakRef<object>(guard)];
  })();
  for (const ref of refs) assertEquals(await isCollected(ref), true);
  assertEquals(watch.holds(), []);
});

Deno.test("a key goes when its hold has ended", async () => {
  using _ = watchLocks({ onRelease() {} });
  const lock = new KeyedLock<object>();
  const ref = await (async () => {
    const key = {};
    await lock.run(key, () => lock.acquireAll([{}]));
    return new WeakRef(key);
  })();
  assertEquals(await isCollected(ref), true);
});

Deno.test("a wait that nothing can end goes when it was reported", async () => {
  using watching = new Watching();
  const ref = await (async () => {
    const lock = new Lock({ name: "db" });
    const guard = await lock.acquire();
    void lock.acquire().then(() => guard.release());
    return new WeakRef<object>(lock);
  })();
  assertEquals(await isCollected(ref), false);
  await watching.pass();
  assertEquals(watching.stalls.length, 1);
  watching.stalls.length = 0;
  assertEquals(await isCollected(ref), true);
  assertEquals(watching.watch.waits(), []);
});

Deno.test("many locks that are forgotten while held leave no list behind", async () => {
  using watch = watchLocks();
  for (let i = 0; i < 1000; i++) new Lock().tryAcquire();
  await drainMicrotasks();
  collectGarbage();
  for (let i = 0; i < 1000; i++) new Lock().tryAcquire();
  await drainMicrotasks();
  collectGarbage();
  assertEquals(watch.holds(), []);
});

Deno.test("a timer that a run() has started does not keep the lock of it", async () => {
  using _ = watchLocks();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ref = await (async () => {
    const lock = new Lock();
    await lock.run(() => {
      timer = setTimeout(() => {}, 60_000);
    });
    return new WeakRef(lock);
  })();
  assertEquals(await isCollected(ref), true);
  clearTimeout(timer);
});
