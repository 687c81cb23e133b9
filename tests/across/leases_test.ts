/** What a lease promises, with the server and the clocks under control. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LockLostError } from "../../across/workers.ts";
import { drainMicrotasks as drain, reasonOf } from "../support/promises.ts";
import { locksAt, ScriptedServer } from "./scripted.ts";

const LEASE = 900;

/** Locks at a server, a lease of the key "a", and time that stands still. */
async function start() {
  const time = new FakeTime();
  const server = new ScriptedServer();
  const locks = locksAt(server, LEASE);
  const acquired = locks.acquire("a");
  await server.settle();
  const lease = await acquired;
  return {
    time,
    server,
    locks,
    lease,
    async [Symbol.asyncDispose]() {
      server.failure = undefined;
      let isDisposed = false;
      locks[Symbol.asyncDispose]().then(() => isDisposed = true);
      for (let i = 0; !isDisposed && i < 10; i++) {
        await server.settle();
        time.tick(LEASE);
        await drain();
      }
      time[Symbol.dispose]();
      assert(isDisposed);
    },
  };
}

Deno.test("a hold is renewed at each third of its lease", async () => {
  await using at = await start();
  for (let third = 0; third < 12; third++) {
    at.time.tick(LEASE / 3);
    await at.server.settle();
    assertEquals(at.lease.held, true);
  }
  const renewals = at.server.arrived.filter((name) => name === "renew");
  assertEquals(renewals.length, 12);
});

Deno.test("a hold that is not renewed is lost before its lease ends", async () => {
  await using at = await start();
  const { signal } = at.lease;
  at.time.tick(LEASE - 1);
  assertEquals(signal.aborted, true);
  assert(signal.reason instanceof LockLostError);
  assertEquals(at.lease.held, false);
});

Deno.test("held is right before any timer has run", async () => {
  await using at = await start();
  const { signal } = at.lease;
  const now = Date.now();
  Date.now = () => now + LEASE; // a laptop that slept: timers have stood still
  assertEquals(signal.aborted, false);
  assertEquals(at.lease.held, false);
  assertEquals(signal.aborted, true);
});

Deno.test("a wall clock that is set back does no harm", async () => {
  await using at = await start();
  const now = Date.now();
  Date.now = () => now - 3_600_000;
  const { now: monotonic } = performance;
  const start_ = performance.now();
  try {
    assertEquals(at.lease.held, true);
    performance.now = () => start_ + LEASE;
    assertEquals(at.lease.held, false);
  } finally {
    performance.now = monotonic;
  }
});

Deno.test("a hold that is over is not renewed by a timer that comes late", async () => {
  await using at = await start();
  const { signal } = at.lease;
  const now = Date.now();
  Date.now = () => now + LEASE;
  at.time.next(); // the heartbeat, at its third
  await at.server.settle();
  assertEquals(at.server.arrived.includes("renew"), false);
  assertEquals(signal.aborted, true);
});

Deno.test("a renewal whose answer comes late saves nothing", async () => {
  await using at = await start();
  at.time.tick(LEASE / 3);
  await drain();
  await at.server.step(); // it arrives; the answer is on its way
  at.time.tick(LEASE);
  await at.server.settle();
  assertEquals(at.lease.held, false);
});

Deno.test("a server that has forgotten is noticed at the next renewal", async () => {
  await using at = await start();
  at.server.owners.clear();
  assertEquals(at.lease.held, true);
  at.time.tick(LEASE / 3);
  await at.server.settle();
  assertEquals(at.lease.held, false);
});

Deno.test("a renewal that fails is tried again soon", async () => {
  await using at = await start();
  const { signal } = at.lease;
  at.server.failure = new Error("the network is down");
  at.time.tick(LEASE / 3);
  await at.server.settle();
  assertEquals(signal.aborted, false);
  at.server.failure = undefined;
  at.time.tick(LEASE / 12);
  await at.server.settle();
  at.time.tick(LEASE / 2);
  await at.server.settle();
  assertEquals(at.lease.held, true);
});

Deno.test("renewals that fail do not delay the news of a loss", async () => {
  await using at = await start();
  const { signal } = at.lease;
  at.server.failure = new Error("the network is down");
  at.time.tick(LEASE / 3);
  await at.server.settle();
  for (let i = 0; i < 7; i++) {
    at.time.tick(LEASE / 12);
    await at.server.settle();
  }
  assertEquals(signal.aborted, false);
  at.time.tick(LEASE * 0.95 - LEASE * 11 / 12);
  assertEquals(signal.aborted, true);
});

Deno.test("holds that are renewed apart are lost apart", async () => {
  await using at = await start();
  const acquired = at.locks.acquire("b");
  await at.server.settle();
  const b = await acquired;
  const failure = new Error("this node is down");
  for (let i = 0; i < 12; i++) {
    at.time.tick(LEASE / 12);
    await drain();
    at.server.failure = failure;
    await at.server.step(); // the renewal of "a", if there is one
    at.server.failure = undefined;
    await at.server.settle();
  }
  assertEquals(at.lease.signal.reason.cause, failure);
  assertEquals(b.held, true);
});

Deno.test("a loss names the key and carries the client's error", async () => {
  await using at = await start();
  const { signal } = at.lease;
  const failure = at.server.failure = new Error("the network is down");
  for (let i = 0; i < 12; i++) {
    at.time.tick(LEASE / 12);
    await at.server.settle();
  }
  assertEquals(signal.reason.cause, failure);
  assert(signal.reason.message.startsWith('Lost key "a" at Script: '));
});

Deno.test("a lost hold leaves the local queue without a release", async () => {
  await using at = await start();
  const next = at.locks.acquire("a");
  at.time.tick(LEASE);
  await at.server.settle();
  assertEquals((await next).held, true);
});

Deno.test("a server that does not answer within a lease counts as gone", async () => {
  await using at = await start();
  const waiting = reasonOf(at.locks.acquire("b"));
  await drain();
  at.server.steps.length = 0; // lost on the way
  at.time.tick(LEASE);
  await at.server.settle();
  const error = await waiting as Error;
  assertEquals(
    error.message,
    `Cannot acquire key "b" at Script: no answer for ${LEASE} ms`,
  );
});

Deno.test("a grant that comes too late is given back", async () => {
  await using at = await start();
  const waiting = reasonOf(at.locks.acquire("b"));
  await drain();
  await at.server.step(); // it arrives and is granted
  assertEquals(at.server.owners.has("b"), true);
  at.time.tick(LEASE);
  await at.server.settle();
  assert(await waiting instanceof Error);
  assertEquals(at.server.owners.has("b"), false);
});

Deno.test("a failure is tried again for as long as a lease", async () => {
  await using at = await start();
  const failure = at.server.failure = new Error("the network is down");
  const acquired = at.locks.acquire("b");
  await at.server.settle();
  at.server.failure = undefined;
  at.time.tick(LEASE / 20);
  await at.server.settle();
  assertEquals((await acquired).held, true);

  at.server.failure = failure;
  const rejected = reasonOf(at.locks.acquire("c"));
  for (let i = 0; i < 21; i++) {
    await at.server.settle();
    at.time.tick(LEASE / 20);
  }
  await at.server.settle();
  assertEquals((await rejected as Error).cause, failure);
});

Deno.test("a failure is tried again after a long wait too", async () => {
  await using at = await start();
  const other = locksAt(at.server, LEASE);
  const waiting = other.acquire("a");
  await at.server.settle();
  for (let i = 0; i < 12; i++) { // it looks once a second
    at.server.failure = i === 9 ? new Error("the network is down") : undefined;
    at.time.tick(100);
    await at.server.settle();
  }
  const released = at.lease.release();
  await at.server.settle();
  await released;
  assertEquals((await waiting).held, true);
  const disposed = other[Symbol.asyncDispose]();
  await at.server.settle();
  await disposed;
});

Deno.test("a refusal is final", async () => {
  await using at = await start();
  at.server.failure = new Error("final");
  const rejected = reasonOf(at.locks.acquire("b"));
  await at.server.settle();
  assertEquals(
    (await rejected as Error).message,
    'Cannot acquire key "b" at Script: final',
  );
  const once = reasonOf(at.locks.tryAcquire("b"));
  await at.server.settle();
  assert(await once instanceof Error);
});

Deno.test("the lease counts from the request that succeeded", async () => {
  await using at = await start();
  const other = locksAt(at.server, LEASE);
  const waiting = other.acquire("a");
  await at.server.settle();
  for (let i = 0; i < 30; i++) {
    at.time.tick(LEASE / 10);
    await at.server.settle();
  }
  const released = at.lease.release();
  await at.server.settle();
  await released;
  const lease = await waiting;
  assertEquals(lease.held, true);
  at.time.tick(LEASE / 3);
  await at.server.settle();
  assertEquals(lease.held, true);
  const end = other[Symbol.asyncDispose]();
  await at.server.settle();
  await end;
});

Deno.test("release() resolves when the lease has ended at the latest", async () => {
  await using at = await start();
  let isReleased = false;
  at.lease.release().then(() => isReleased = true);
  assertEquals(at.lease.held, false);
  await drain();
  at.server.steps.length = 0; // lost on the way
  at.time.tick(LEASE / 2);
  await drain();
  assertEquals(isReleased, false);
  at.time.tick(LEASE / 2);
  await drain();
  assertEquals(isReleased, true);
  assertEquals(at.lease.signal.aborted, false);
});

Deno.test("release() is tried again if it fails", async () => {
  await using at = await start();
  at.server.failure = new Error("the network is down");
  const released = at.lease.release();
  await at.server.settle();
  at.server.failure = undefined;
  at.time.tick(LEASE / 20);
  await at.server.settle();
  await released;
  assertEquals(at.server.owners.size, 0);
});

Deno.test("a key that is lost during the wait for another fails the call", async () => {
  await using at = await start();
  const other = locksAt(at.server, LEASE);
  const rejected = reasonOf(other.acquireAll(["0", "a"]));
  await at.server.settle();
  at.server.owners.delete("0");
  at.time.tick(LEASE / 3);
  await at.server.settle();
  const released = at.lease.release();
  await at.server.settle();
  await released;
  assert((await rejected as Error).cause instanceof LockLostError);
  assertEquals(at.server.owners.size, 0);
  await other[Symbol.asyncDispose]();
});

Deno.test("keys that share a slot share a lock, and a call may ask for both", async () => {
  await using at = await start();
  const locks = locksAt(at.server, LEASE, (key) => key[0]!);
  const acquired = locks.acquireAll(["b2", "c", "b1"]);
  await at.server.settle();
  const lease = await acquired;
  assertEquals(lease.keys, ["b2", "c", "b1"]);
  assertEquals([...at.server.owners.keys()].sort(), ["a", "b", "c"]);
  assertEquals(await locks.tryAcquire("b3"), undefined);
  const waiting = locks.acquire("b2");
  const released = lease.release();
  await at.server.settle();
  await released;
  assertEquals((await waiting).held, true);
  const disposed = locks[Symbol.asyncDispose]();
  await at.server.settle();
  await disposed;
});

Deno.test("the token of several keys is the highest", async () => {
  await using at = await start();
  const acquired = at.locks.acquireAll(["b", "c"]);
  await at.server.settle();
  const lease = await acquired;
  assertEquals(lease.token, 3n);
  assert(at.server.arrived.includes("raise"));
});

Deno.test("run() rejects if its hold was lost, unless fn rejects", async () => {
  await using at = await start();
  const lost = reasonOf(at.locks.run("b", () => {
    at.server.owners.delete("b");
    const lost = drain().then(() => at.time.tick(LEASE / 3));
    return lost.then(() => at.server.settle());
  }));
  await at.server.settle();
  assert(await lost instanceof LockLostError);
  const mine = new Error("mine");
  const rejected = reasonOf(at.locks.run("b", async (lease) => {
    at.time.tick(LEASE);
    assertEquals(lease.held, false);
    await Promise.reject(mine);
  }));
  await at.server.settle();
  assertEquals(await rejected, mine);
});

Deno.test("disposal tells holders, rejects who waits, and frees", async () => {
  await using at = await start();
  const { signal } = at.lease;
  const waiting = reasonOf(at.locks.acquire("a"));
  const disposed = at.locks[Symbol.asyncDispose]();
  assertEquals(signal.aborted, true);
  assertEquals(at.lease.held, false);
  assertEquals((await waiting as Error).name, "AbortError");
  await at.server.settle();
  await disposed;
  assertEquals(at.server.owners.size, 0);
  await assertRejects(() => at.locks.acquire("a"), DOMException, "disposed");
  await at.lease.release();
});

Deno.test("disposal gives a connection up that takes a lease to close", async () => {
  using time = new FakeTime();
  const server = new ScriptedServer();
  server.closing = new Promise(() => {});
  const locks = locksAt(server, LEASE);
  let isDisposed = false;
  locks[Symbol.asyncDispose]().then(() => isDisposed = true);
  await drain();
  time.tick(LEASE - 1);
  await drain();
  assertEquals(isDisposed, false);
  time.tick(1);
  await drain();
  assertEquals(isDisposed, true);
  assertEquals(server.arrived, ["give up"]);
});

Deno.test("a release that is under way when the locks are disposed of goes on", async () => {
  await using at = await start();
  const released = at.lease.release();
  const disposed = at.locks[Symbol.asyncDispose]();
  await at.server.settle();
  await Promise.all([released, disposed]);
  assertEquals(at.lease.signal.aborted, false);
});

Deno.test("a session that ends takes all holds with it", async () => {
  await using at = await start();
  const cause = new Error("terminated");
  at.server.processes[0]!.loseAll("the session has ended", cause);
  assertEquals(at.lease.held, false);
  assertEquals(at.lease.signal.reason.cause, cause);
});

Deno.test("all who wait look again when the connection is back", async () => {
  await using at = await start();
  const other = locksAt(at.server, LEASE);
  const waiting = other.acquire("a");
  await at.server.settle();
  at.server.owners.clear(); // and nobody is told
  at.server.processes[1]!.ring();
  await at.server.settle();
  const lease = await waiting;
  assertEquals(lease.held, true);
  const disposed = other[Symbol.asyncDispose]();
  await at.server.settle();
  await disposed;
});

Deno.test("who takes over the place of a call that gave up is called", async () => {
  await using at = await start();
  const other = locksAt(at.server, LEASE);
  const controller = new AbortController();
  const first = reasonOf(other.acquire("a", { signal: controller.signal }));
  await at.server.settle();
  const second = other.acquire("a");
  controller.abort();
  await at.server.settle();
  assert(await first instanceof DOMException);
  const released = at.lease.release();
  await at.server.settle(); // and no timer
  await released;
  const lease = await second;
  assertEquals(lease.held, true);
  const disposed = other[Symbol.asyncDispose]();
  await at.server.settle();
  await disposed;
});

Deno.test("tryAcquire() asks once", async () => {
  await using at = await start();
  const other = locksAt(at.server, LEASE);
  const tried = other.tryAcquire("a");
  await at.server.settle();
  assertEquals(await tried, undefined);
  assertEquals(at.server.arrived, ["take", "take"]);
});

Deno.test("a grant whose answer takes as long as the lease is not used", async () => {
  await using at = await start();
  const acquired = at.locks.acquire("b");
  await drain();
  await at.server.step();
  const now = Date.now();
  Date.now = () => now + LEASE; // timers have stood still
  await at.server.settle();
  at.time.tick(LEASE / 20); // it asks again, and that extends the hold
  await at.server.settle();
  assertEquals((await acquired).held, true);
  assertEquals(at.server.arrived, ["take", "take", "take"]);
});

Deno.test("a renewal that crosses a release changes nothing", async () => {
  await using at = await start();
  await using _ = { [Symbol.asyncDispose]: () => at.server.settle() };
  const acquired = at.locks.acquire("b");
  await at.server.settle();
  const b = await acquired;
  at.time.tick(LEASE / 3);
  await drain();
  at.server.owners.delete("a");
  await at.server.step(); // the renewal says that "a" is gone
  const released = at.lease.release();
  await at.server.settle();
  await released;
  assertEquals(at.lease.signal.aborted, false);
  assertEquals(b.held, true);
});

Deno.test("an abort that has not been heard of beats the grant", async () => {
  await using at = await start();
  const reason = new Error("gone");
  const signal = Object.assign(new EventTarget(), { aborted: false, reason });
  const rejected = reasonOf(
    at.locks.acquire("b", { signal: signal as unknown as AbortSignal }),
  );
  await drain();
  signal.aborted = true; // and no event
  await at.server.settle();
  assertEquals(await rejected, reason);
  assertEquals(at.server.owners.has("b"), false);
});

Deno.test("waits for several keys listen once", async () => {
  await using at = await start();
  const held = at.locks.acquire("b");
  await at.server.settle();
  const b = await held;
  const other = locksAt(at.server, LEASE);
  const waiting = [other.acquire("a"), other.acquire("b")];
  await at.server.settle();
  const listens = at.server.arrived.filter((name) => name === "listen");
  assertEquals(listens.length, 1);
  const released = [at.lease.release(), b.release()];
  await at.server.settle();
  await Promise.all([...released, ...waiting]);
  const disposed = other[Symbol.asyncDispose]();
  await at.server.settle();
  await disposed;
});
