/**
 * Clients of Redis with options that could get in the way, of another version,
 * and of a sentinel.
 *
 * @module
 */

import { assert, assertThrows } from "@std/assert";
import { Redis as Older } from "npm:ioredis@5.11.1";
import { Redis } from "npm:ioredis@6.0.0";
import { createClientPool } from "npm:redis@6.3.1";
import { type RedisClient, RedisLocks } from "../../../across/redis.ts";
import type { EngineLocks, Lease } from "../../../across/workers.ts";
import { fresh, leaveOut, redis } from "../engines.ts";
import { open } from "../open.ts";
import { clock } from "../orders.ts";
import { ask, startSentinel } from "../servers.ts";

const LEASE = 10_000;

/** Started before the first test, as a test that starts it would leak it. */
const sentinel = redis && await startSentinel(redis);
Deno.test.afterAll(async () => await sentinel?.[Symbol.asyncDispose]());
if (redis === undefined) leaveOut("a sentinel", "redis-server");

/** One waits, takes its place in the queue, and is called. */
async function handOver(
  one: EngineLocks<Lease>,
  other: EngineLocks<Lease>,
): Promise<void> {
  const lease = await one.acquire("a");
  const start = clock();
  const waiting = other.acquire("a");
  waiting.catch(() => {});
  while (!(await ask(redis!, "keys", "*")).includes(":queue")) {
    assert(clock() - start < 5000, "it has no place in the queue");
  }
  const freed = clock();
  await lease.release();
  const next = await waiting;
  assert(clock() - freed < 500, `it took ${clock() - freed} ms`);
  await next.release();
  await ask(redis!, "flushall");
}

function test(
  what: string,
  make: () => RedisClient & { quit(): Promise<unknown> },
): void {
  Deno.test(`RedisLocks on ${what}`, {
    ignore: redis === undefined,
  }, async () => {
    await using stack = new AsyncDisposableStack();
    const client = make();
    stack.defer(async () => void await client.quit());
    const one = stack.use(new RedisLocks(client, { lease: LEASE }));
    const other = stack.use(new RedisLocks(client, { lease: LEASE }));
    await handOver(one, other);
  });
}

type Make = (options: object) => Redis | Older;
const versions: [string, Make][] = [
  ["5", (options) => new Older(redis!.port, "127.0.0.1", options)],
  ["6", (options) => new Redis(redis!.port, "127.0.0.1", options)],
];
for (const [version, make] of versions) {
  for (
    const options of [
      {},
      { keyPrefix: "shop:" },
      { lazyConnect: true },
      { enableOfflineQueue: false, autoResubscribe: false },
    ]
  ) {
    const what = `ioredis ${version} with ${JSON.stringify(options)}`;
    test(what, () => make(options));
  }
}

Deno.test("RedisLocks refuses a pool, which has nothing to listen with", () => {
  const pool = createClientPool();
  // @ts-expect-error It cannot be duplicated.
  assertThrows(() => new RedisLocks(pool), TypeError, "client");
});

for (const kind of ["redis sentinel", "ioredis sentinel"] as const) {
  Deno.test(
    `RedisLocks on ${kind}`,
    { ignore: redis === undefined },
    async () => {
      const spec = {
        kind,
        port: sentinel!.port,
        prefix: fresh(),
        lease: LEASE,
      };
      await using one = await open(spec);
      await using other = await open(spec);
      await handOver(one.locks, other.locks);
    },
  );
}
