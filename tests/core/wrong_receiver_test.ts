/** Methods that return a promise reject rather than throw, also without `this`. */

import { assertEquals, assertRejects } from "@std/assert";
import { KeyedLock, Lock } from "../../mod.ts";

const { acquire, run } = Lock.prototype;
const keyed = KeyedLock.prototype;
const guard = new Lock().tryAcquire()!;
const dispose = guard[Symbol.asyncDispose];

const receivers: Record<string, unknown> = {
  "undefined": undefined,
  "an object": {},
  "the prototype": Lock.prototype,
  "a proxy": new Proxy(new Lock(), {}),
  "another class": new Map(),
};

const calls: Record<string, (receiver: never) => Promise<unknown>> = {
  "Lock.acquire()": (it) => acquire.call(it),
  "Lock.acquire(options)": (it) => acquire.call(it, { timeout: 0 }),
  "Lock.run(fn)": (it) => run.call(it, () => 1),
  "Lock.run()": (it) => run.call(it, undefined as never),
  "Lock.run(fn, options)": (it) => run.call(it, () => 1, { timeout: 0 }),
  "KeyedLock.acquire(key)": (it) => keyed.acquire.call(it, "a"),
  "KeyedLock.acquire(key, options)": (it) =>
    keyed.acquire.call(it, "a", { timeout: 0 }),
  "KeyedLock.acquireAll(keys)": (it) => keyed.acquireAll.call(it, ["a"]),
  "KeyedLock.run(key, fn)": (it) => keyed.run.call(it, "a", () => 1),
  "KeyedLock.run(fn)": (it) => keyed.run.call(it, (() => 1) as never, null!),
  "KeyedLock.runAll(keys, fn)": (it) => keyed.runAll.call(it, ["a"], () => 1),
  "LockGuard[Symbol.asyncDispose]()": (it) => dispose.call(it),
};

for (const [title, call] of Object.entries(calls)) {
  Deno.test(`${title} rejects with a TypeError on a wrong receiver`, async () => {
    for (const receiver of Object.values(receivers)) {
      const promise = call(receiver as never);
      assertEquals(promise instanceof Promise, true);
      await assertRejects(() => promise, TypeError);
    }
  });
}
