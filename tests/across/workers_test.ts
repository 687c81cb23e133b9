import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";
import { LockLostError, WebLocks } from "../../across/workers.ts";
import { conformance } from "./conformance.ts";

conformance("KeyedLock", () => {
  const locks = new KeyedLock();
  return Promise.resolve({
    one: locks,
    other: locks,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

conformance("WebLocks", () => {
  const one = new WebLocks();
  const other = new WebLocks();
  return Promise.resolve({
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      // The platform tidies up behind each hold, a moment later.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  });
});

Deno.test("WebLocks refuses platforms without Web Locks, and bad options", () => {
  assertThrows(() => new WebLocks({ prefix: 1 as never }), TypeError, "prefix");
  const { navigator } = globalThis;
  const value = undefined;
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  try {
    assertThrows(() => new WebLocks(), Error, "navigator.locks");
  } finally {
    Object.defineProperty(globalThis, "navigator", {
      value: navigator,
      configurable: true,
    });
  }
});

Deno.test("WebLocks: a lock that somebody steals is lost", async () => {
  await using locks = new WebLocks({ prefix: "-" });
  const lease = await locks.acquire("a");
  const { locks: platform } = navigator as unknown as {
    locks: {
      request(name: string, options: object, fn: () => void): Promise<void>;
    };
  };
  await platform.request(":-a", { steal: true }, () => {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(lease.held, false);
  assertInstanceOf(lease.signal.reason, LockLostError);
});

Deno.test("WebLocks: an abort between the grant and its news", async () => {
  await using one = new WebLocks();
  await using other = new WebLocks();
  for (let ticks = 0; ticks < 20; ticks++) {
    const lease = await one.acquire("a");
    const controller = new AbortController();
    const waiting = other.acquire("a", { signal: controller.signal });
    const released = lease.release();
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    controller.abort();
    await waiting.then((lease) => lease.release(), () => {});
    await released;
    const next = await one.acquire("a", { timeout: 5000 });
    await next.release();
  }
});

Deno.test("WebLocks: printing", async () => {
  const locks = new WebLocks();
  await using _ = await locks.acquire("a");
  const waiting = locks.acquire("a").catch(() => {});
  assertEquals(Deno.inspect(locks), "WebLocks [held: 1, waiting: 1]");
  await locks[Symbol.asyncDispose]();
  await waiting;
  assertEquals(Deno.inspect(locks), "WebLocks [disposed]");
  assertEquals(typeof Deno.inspect(WebLocks.prototype), "string");
});
