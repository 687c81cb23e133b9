/** `run()` and `runAll()` hold their keys while a function runs. */

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type AcquireOptions, KeyedLock } from "../../keyed_lock.ts";

Deno.test("runAll() holds all keys while fn runs", async () => {
  const lock = new KeyedLock();
  await lock.runAll(["a", "b"], async () => {
    await Promise.resolve();
    assertEquals([...lock.keys()], ["a", "b"]);
  });
  assertEquals(lock.size, 0);
});

Deno.test("runAll() whose hold another release() has ended frees the other keys", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  const run = lock.runAll(["a", "b"], () => {});
  guard.release();
  lock.release("a"); // of the run's hold, which has just begun
  await assertRejects(() => run, Error, "Cannot run");
  assertEquals([...lock.keys()], []);
});

/** Both ways to run a function while holding `"a"`. */
const everyRun: Record<
  string,
  (
    lock: KeyedLock,
    fn: () => unknown,
    options?: AcquireOptions,
  ) => Promise<unknown>
> = {
  "run()": (lock, fn, options) => lock.run("a", fn, options),
  "runAll()": (lock, fn, options) => lock.runAll(["a"], fn, options),
};

for (const [title, run] of Object.entries(everyRun)) {
  Deno.test(`${title} does not call fn if the wait ends without a grant`, async () => {
    using time = new FakeTime();
    const lock = new KeyedLock();
    const controller = new AbortController();
    const { signal } = controller;
    await lock.acquire("a");
    let called = false;
    const fn = () => void (called = true);
    const aborted = run(lock, fn, { signal });
    const late = run(lock, fn, { timeout: 10 });
    const cancelled = run(lock, fn);
    controller.abort(new Error("Enough"));
    time.tick(10);
    lock.cancel("a", new Error("Closing"));
    lock.release("a");
    await assertRejects(() => aborted, Error, "Enough");
    await assertRejects(() => late, DOMException, "within 10 ms");
    await assertRejects(() => cancelled, Error, "Closing");
    await assertRejects(() => run(lock, fn, { signal }), Error, "Enough");
    assertEquals(called, false);
    assertEquals(lock.size, 0);
  });
}
