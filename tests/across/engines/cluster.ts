/**
 * Locks on a Redis Cluster.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { LockLostError } from "../../../across/redis.ts";
import type { Lease } from "../../../across/workers.ts";
import { conformance } from "../conformance.ts";
import { fresh, leaveOut } from "../engines.ts";
import { open, type Spec } from "../open.ts";
import { clock } from "../orders.ts";
import { Remote } from "../remote.ts";
import {
  ask,
  hasRedisCluster,
  type RedisServer,
  servesAllSlots,
  startRedisCluster,
} from "../servers.ts";
import { moveSlot } from "../slots.ts";

const LEASE = 900;
const LONG = 10_000;

/** Started before the first test, as a test that starts it would leak it. */
const cluster = hasRedisCluster ? await startRedisCluster() : undefined;
Deno.test.afterAll(async () => await cluster?.[Symbol.asyncDispose]());
if (cluster === undefined) leaveOut("a Redis Cluster", "redis-server");

const nodes = cluster?.nodes ?? [];
const ports = nodes.map(({ port }) => port);
const kinds = ["redis cluster", "ioredis cluster"] as const;

for (const kind of kinds) {
  if (cluster === undefined) break;
  conformance(`RedisLocks on ${kind}`, async () => {
    const stack = new AsyncDisposableStack();
    const spec = { kind, ports, prefix: fresh() };
    const { locks: one } = stack.use(await open(spec));
    const { locks: other } = stack.use(await open(spec));
    return { one, other, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  });
}

function test(
  what: string,
  fn: (spec: Spec, stack: AsyncDisposableStack) => Promise<void>,
  options: Partial<Deno.TestDefinition> = {},
): void {
  for (const kind of kinds) {
    if (cluster === undefined) break;
    Deno.test(`RedisLocks on ${kind}: ${what}`, options, async () => {
      await using stack = new AsyncDisposableStack();
      await fn({ kind, ports, prefix: fresh(), lease: LEASE }, stack);
    });
  }
}

/** Clients have timers and sockets of their own that outlive a failure. */
const unsanitized = { sanitizeOps: false, sanitizeResources: false };

test("twenty who wait are served in order", async (spec, stack) => {
  const { locks } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  await locks.acquireAll([..."bcdef"]);
  const order: number[] = [];
  const holds: Promise<void>[] = [];
  for (let i = 0; i < 20; i++) {
    const { locks } = stack.use(await open(spec));
    // They listen at the node of the key that they have waited for first.
    const first = locks.acquire("abcdef"[i % 6]!, { timeout: 30 });
    await assertRejects(() => first, DOMException);
    holds.push(locks.run("a", () => void order.push(i)));
    await queued(spec, "a", i + 1);
  }
  for (const node of nodes) await ask(node, "config", "resetstat");
  await lease.release();
  await Promise.all(holds);
  assertEquals(order, order.toSorted((a, b) => a - b));
  let calls = 0;
  for (const node of nodes) {
    const stats = await ask(node, "info", "commandstats");
    const [, count = 0] = stats.match(/cmdstat_evalsha:calls=(\d+)/) ?? [];
    calls += Number(count);
  }
  assert(calls < 5 * 20, `${calls} calls for 20 holds`);
});

test("keys at all nodes are held and renewed", async (spec, stack) => {
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const keys = Array.from({ length: 100 }, (_, i) => `${i}`);
  const lease = await locks.acquireAll(keys);
  const held = await namesAtNodes(spec);
  assert(held.every((names) => names.length > 20));
  await passes(3 * LEASE);
  assertEquals(lease.held, true);
  assertEquals(await other.tryAcquireAll(keys), undefined);
  await lease.release();
  const next = await other.acquire("0");
  assert(tokenOf(next) > tokenOf(lease)); // which is the highest of all keys
  await next.release();
});

test("who waits listens where the key is", async (spec, stack) => {
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  const waiting = other.acquire("a");
  waiting.catch(() => {});
  await queued(spec, "a", 1);
  const names = await namesAtNodes(spec);
  for (const [i, node] of nodes.entries()) {
    const heard = await ask(node, "pubsub", "channels", `${spec.prefix}*`);
    assertEquals(heard !== "", names[i]!.length > 0);
  }
  await lease.release();
  await (await waiting).release();
});

test("a waiter that has died is passed over", async (spec, stack) => {
  const long = { ...spec, lease: LONG };
  const dead = stack.use(new Remote(long));
  const { locks } = stack.use(await open(long));
  const { locks: other } = stack.use(await open(long));
  const lease = await locks.acquire("a");
  dead.tell({ do: "acquire" }).catch(() => {});
  await queued(spec, "a", 1);
  const waiting = other.acquire("a");
  await queued(spec, "a", 2);
  await dead.kill();
  const freed = clock();
  await lease.release();
  await (await waiting).release();
  assert(clock() - freed < 1000, `it took ${clock() - freed} ms`);
});

test("nothing is left but tokens, and soon", async (spec, stack) => {
  const long = { ...spec, lease: LONG };
  const { locks } = stack.use(await open(long));
  const { locks: other } = stack.use(await open(long));
  const keys = [..."abcdef"];
  const lease = await locks.acquireAll(keys);
  await assertRejects(() => other.acquire("a", { timeout: 50 }));
  const waiting = other.acquire("b");
  await queued(spec, "b", 1);
  await lease.release();
  await waiting;
  const rejected = assertRejects(() => locks.acquire("b"), DOMException);
  await queued(spec, "b", 1);
  const start = clock();
  await locks[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  assert(clock() - start < 1000, `it took ${clock() - start} ms`);
  await rejected;
  assertEquals(
    (await namesAtNodes(spec)).flat().sort(),
    keys.map((key) => `${nameOf(spec, key)}:token`),
  );
  for (const node of nodes) {
    const listening = () => ask(node, "pubsub", "channels", `${spec.prefix}*`);
    while (await listening() !== "") {
      assert(clock() - start < 5000, "somebody listens");
    }
  }
});

const faults: [string, Record<"down" | "up", Fault>][] = [
  ["dead", { down: (node) => node.kill(), up: (node) => node.start() }],
  ["silent", {
    down: (node) => node.signal("SIGSTOP"),
    up: (node) => node.signal("SIGCONT"),
  }],
];
type Fault = (node: RedisServer) => void | Promise<void>;

for (const [name, { down, up }] of faults) {
  test(`a ${name} node takes only its keys along`, async (spec, stack) => {
    const { locks } = stack.use(await open(spec));
    const { locks: other } = stack.use(await open(spec));
    const { locks: third } = stack.use(await open(spec));
    const leases = new Map<string, Lease>();
    for (const key of "abcdefghijkl") leases.set(key, await locks.acquire(key));
    const [node] = nodes as [RedisServer];
    const [names] = await namesAtNodes(spec) as [string[]];
    const isThere = (key: string) => names.includes(nameOf(spec, key));
    const gone = [...leases.keys()].filter(isThere);
    const kept = [...leases.keys()].filter((key) => !isThere(key));
    assert(gone.length > 0 && kept.length > 1);
    // It listens at the node that goes.
    await assertRejects(() => other.acquire(gone[0]!, { timeout: 50 }));
    const waiting = other.acquire(kept[0]!);
    waiting.catch(() => {});
    await queued(spec, kept[0]!, 1);

    {
      await using outage = new AsyncDisposableStack();
      await down(node);
      outage.defer(async () => {
        await up(node);
        await Promise.all(nodes.map(servesAllSlots));
      });
      await passes(LEASE);
      for (const key of gone) {
        const { signal } = leases.get(key)!;
        assert(signal.aborted && signal.reason instanceof LockLostError);
      }
      await passes(LEASE);
      for (const key of kept) assertEquals(leases.get(key)!.held, true);

      const freed = clock();
      await leases.get(kept[0]!)!.release();
      await (await waiting).release();
      assert(clock() - freed < 1500, `it took ${clock() - freed} ms`);
      const later = third.acquire(kept[1]!); // it has not listened before
      later.catch(() => {});
      await queued(spec, kept[1]!, 1);
      await leases.get(kept[1]!)!.release();
      await (await later).release();
    }
    // Clients may take longer than a lease to connect again.
    await eventually(() => other.run(gone[0]!, () => {}));
  }, unsanitized);
}

test("a slot that moves takes its hold along", async (spec, stack) => {
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const { locks: third } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  const waiting = other.acquire("a");
  waiting.catch(() => {});
  await queued(spec, "a", 1);

  const name = nameOf(spec, "a");
  const move = await moveSlot(cluster!, name);
  await passes(LEASE);
  assertEquals(lease.held, true);
  await move.migrate(name, `${name}:token`);
  // A script cannot run while its keys are at two nodes.
  const limits = { timeout: LEASE / 2 };
  const error = await assertRejects(() => third.acquire("a", limits));
  assertEquals((error as Error).name, "TimeoutError");
  await move.migrate(`${name}:queue`);
  await passes(LEASE);
  assertEquals(lease.held, true);
  await move.finish();
  await passes(LEASE);
  assertEquals(lease.held, true);

  const freed = clock();
  await lease.release();
  const next = await waiting;
  assert(clock() - freed < 1000, `it took ${clock() - freed} ms`);
  assert(tokenOf(next) > tokenOf(lease));
  await next.release();
});

/** The name of a key's lock in Redis. */
function nameOf({ prefix }: Spec, key: string): string {
  return `${prefix}{:${key}}`;
}

/** What there is in the cluster, node by node. */
function namesAtNodes({ prefix }: Spec): Promise<string[][]> {
  return Promise.all(nodes.map(async (node) => {
    const text = await ask(node, "keys", `${prefix}*`);
    return text === "" ? [] : text.split("\n");
  }));
}

/** Waits until so many are in the queue for a key. */
async function queued(spec: Spec, key: string, count: number): Promise<void> {
  const queue = `${nameOf(spec, key)}:queue`;
  const start = clock();
  while (Number(await ask(nodes[1]!, "-c", "zcard", queue)) < count) {
    assert(clock() - start < 5000, "it has no place in the queue");
  }
}

/** Tries for ten seconds. */
async function eventually<T>(fn: () => Promise<T>): Promise<T> {
  const start = clock();
  for (;;) {
    try {
      return await fn();
    } catch (error) {
      if (clock() - start > 10_000) throw error;
    }
  }
}

async function passes(ms: number): Promise<void> {
  const start = clock();
  while (clock() - start < ms) {
    await new Promise((resolve) => setTimeout(resolve, ms - clock() + start));
  }
}

function tokenOf(lease: unknown): bigint {
  return (lease as { token: bigint }).token;
}
