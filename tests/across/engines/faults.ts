/**
 * What happens when a server or the network to it fails.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import postgresJs from "npm:postgres@3.4.9";
import { PostgresLocks } from "../../../across/postgres.ts";
import { LockLostError } from "../../../across/redis.ts";
import { open, type Spec } from "../open.ts";
import { clock } from "../orders.ts";
import { Proxy } from "../proxy.ts";
import {
  hasPgBouncer,
  type Server,
  startPgBouncer,
  startPostgres,
  startRedis,
} from "../servers.ts";
import { engines, leaveOut, postgres, redis } from "../engines.ts";

const LEASE = 600;

/** Clients have timers and sockets of their own that outlive a failure. */
const unsanitized = { sanitizeOps: false, sanitizeResources: false };

function test(
  what: string,
  fn: (spec: Spec, stack: AsyncDisposableStack) => Promise<void>,
  kinds = /Redis|Postgres/,
): void {
  for (const [name, start] of engines) {
    if (!kinds.test(name)) continue;
    Deno.test(`${name}: ${what}`, unsanitized, async () => {
      await using stack = new AsyncDisposableStack();
      await fn({ ...await start(stack), lease: LEASE }, stack);
    });
  }
}

/** Waits for an abort; fails if it takes too long. */
async function aborted(signal: AbortSignal, limit: number): Promise<number> {
  const start = clock();
  while (!signal.aborted) {
    assert(clock() - start < limit, "the signal is not aborted");
    await pause();
  }
  assert(signal.reason instanceof LockLostError);
  return clock();
}

/** A turn of the event loop and a little more, between two looks. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

test("a hold outlives its lease while it is renewed", async (spec, stack) => {
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  await assertRejects(() => other.acquire("a", { timeout: 3 * LEASE }));
  assertEquals(lease.held, true);
  assertEquals(lease.signal.aborted, false);
  await lease.release();
});

test("a silent network tells the holder first", async (spec, stack) => {
  using proxy = new Proxy(spec.port!);
  const { locks: other } = stack.use(await open(spec));
  const { locks } = stack.use(await open({ ...spec, port: proxy.port }));
  const lease = await locks.acquire("a");
  let told = Infinity;
  lease.signal.addEventListener("abort", () => told = clock());
  proxy.silence();
  const next = await other.acquire("a", { timeout: 20 * LEASE });
  const granted = clock();
  assert(told < granted, `told ${told - granted} ms after the next got it`);
  assertEquals(lease.held, false);
  const released = clock();
  await lease.release();
  assert(clock() - released < LEASE);
  await next.release();
  proxy.restore();
  const again = await locks.acquire("b", { timeout: 20 * LEASE });
  assertEquals(again.held, true);
  await again.release();
});

test(
  "a silent network rejects a waiter and a newcomer",
  async (spec, stack) => {
    using proxy = new Proxy(spec.port!);
    const { locks: other } = stack.use(await open(spec));
    const { locks } = stack.use(await open({ ...spec, port: proxy.port }));
    await (await locks.acquire("warm")).release();
    await using _ = await other.acquire("a");
    const waiting = locks.acquire("a");
    waiting.catch(() => {});
    await pause();
    proxy.silence();
    const start = clock();
    const error = await assertRejects(() => locks.acquire("b"), Error, '"b"');
    assert(clock() - start < 3 * LEASE);
    assert(error.cause !== undefined);
    await assertRejects(() => waiting, Error, '"a"');
    assert(clock() - start < 8 * LEASE, `it took ${clock() - start} ms`);
    proxy.restore();
    const again = await locks.acquire("b", { timeout: 20 * LEASE });
    await again.release();
  },
);

test(
  "connections that stay silent are replaced",
  async (spec, stack) => {
    using proxy = new Proxy(spec.port!);
    const { locks: other } = stack.use(await open(spec));
    const { locks } = stack.use(await open({ ...spec, port: proxy.port }));
    const lease = await other.acquire("a");
    proxy.silence(); // before it has connected
    await assertRejects(() => locks.acquire("b"), Error, '"b"');
    proxy.pass();
    await (await locks.acquire("b")).release();

    proxy.silence(); // before it listens
    await assertRejects(() => locks.acquire("a"), Error, '"a"');
    proxy.pass();
    // The pool of postgres has an idle connection, which is silent too.
    await locks.tryAcquire("b").then((b) => b?.release(), () => {});
    const waiting = locks.acquire("a");
    await other.tryAcquire("a");
    await lease.release();
    await (await waiting).release();
  },
  /Postgres/,
);

test(
  "a release over a silent network ends with the lease",
  async (spec, stack) => {
    using proxy = new Proxy(spec.port!);
    const { locks } = stack.use(await open({ ...spec, port: proxy.port }));
    const lease = await locks.acquire("a");
    proxy.silence();
    const start = clock();
    await lease.release();
    assert(clock() - start < LEASE + 200, `it took ${clock() - start} ms`);
    assertEquals(lease.signal.aborted, false);
    proxy.restore();
  },
);

test("run() rejects if its hold is lost", async (spec, stack) => {
  using proxy = new Proxy(spec.port!);
  const { locks } = stack.use(await open({ ...spec, port: proxy.port }));
  await assertRejects(
    () =>
      locks.run("a", async ({ signal }) => {
        proxy.silence();
        await aborted(signal, 2 * LEASE);
      }),
    LockLostError,
  );
  await assertRejects(
    () =>
      locks.run("a", () => {
        throw new Error("mine");
      }, { timeout: 10 }),
    Error,
  );
  proxy.restore();
});

async function restart(
  start: () => Promise<Server>,
  kind: Spec["kind"],
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await start());
  const spec: Spec = { kind, port: server.port, lease: LEASE };
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  const token = (lease as unknown as { token: bigint }).token;
  const waiting = other.acquire("b").then((b) => b.release());
  await waiting;
  await server.kill();
  await server.start();
  await lease.release(); // it may have outlived the restart
  const next = await other.acquire("a", { timeout: 30 * LEASE });
  assert((next as unknown as { token: bigint }).token > token);
  await next.release();
  const again = await locks.acquire("a", { timeout: 30 * LEASE });
  await again.release();
}

for (const kind of ["redis", "ioredis"] as const) {
  if (redis === undefined) break;
  Deno.test(
    `RedisLocks on ${kind}: a restart of the server`,
    unsanitized,
    () => restart(startRedis, kind),
  );
}

for (const kind of ["pg", "postgres"] as const) {
  if (postgres === undefined) break;
  Deno.test(
    `PostgresLocks on ${kind}: a restart of the server`,
    unsanitized,
    () => restart(startPostgres, kind),
  );
}

test("FLUSHALL is noticed at the next renewal", async (spec, stack) => {
  const admin = await redisAdmin(spec, stack);
  const { locks } = stack.use(await open(spec));
  const first = await locks.acquire("a");
  await admin.flushall();
  await aborted(first.signal, LEASE);
  assertEquals(first.held, false);
  const next = await locks.acquire("a", { timeout: LEASE });
  const token = (lease: unknown) => (lease as { token: bigint }).token;
  assert(token(next) > token(first));
  await first.release(); // changes nothing
  assertEquals(next.held, true);
  await next.release();
}, /Redis/);

test("SCRIPT FLUSH and CLIENT KILL do no harm", async (spec, stack) => {
  const admin = await redisAdmin(spec, stack);
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  const waiting = other.acquire("a");
  await admin.call("SCRIPT", "FLUSH");
  await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
  await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await lease.release();
  await (await waiting).release();
}, /Redis/);

test("nothing is left in Redis but the token", async (spec, stack) => {
  const admin = await redisAdmin(spec, stack);
  {
    await using opened = await open(spec);
    await using second = await open(spec);
    const { locks } = opened;
    const lease = await locks.acquireAll(["a", "b"]);
    await second.locks.acquire("a", { timeout: 20 }).catch(() => {});
    const waiting = second.locks.acquire("b");
    await pause();
    await lease.release();
    await (await waiting).release();
    await second.locks.acquire("a"); // held when it is disposed of
  }
  const keys = await admin.keys(`${spec.prefix}*`);
  assertEquals(
    keys.sort(),
    [`${spec.prefix}{:a}:token`, `${spec.prefix}{:b}:token`],
  );
  assertEquals(await admin.pubsub("CHANNELS", `${spec.prefix}*`), []);
}, /Redis/);

test("a hand-over does not wake all who wait", async (spec, stack) => {
  const admin = await redisAdmin(spec, stack);
  const waiters = [];
  for (let i = 0; i < 50; i++) waiters.push(stack.use(await open(spec)).locks);
  const lease = await waiters[0]!.acquire("a");
  const holds = waiters.slice(1).map((locks) => locks.run("a", () => {}));
  await Promise.all(waiters.map((locks) => locks.tryAcquire("a")));
  await admin.config("RESETSTAT");
  await lease.release();
  await Promise.all(holds);
  const stats = await admin.info("commandstats");
  const calls = [...stats.matchAll(/cmdstat_(?:evalsha|eval):calls=(\d+)/g)]
    .reduce((sum, [, count]) => sum + Number(count), 0);
  assert(calls < 5 * holds.length, `${calls} calls for ${holds.length} holds`);
}, /Redis on redis|Locks on ioredis/);

test("a killed session is told at once", async (spec, stack) => {
  const admin = await postgresAdmin(spec, stack);
  const { locks } = stack.use(await open({ ...spec, lease: 10_000 }));
  const lease = await locks.acquire("a");
  const { signal } = lease;
  await admin.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`,
  );
  await aborted(signal, 1000);
  await lease.release();
  const again = await locks.acquire("a", { timeout: 5000 });
  await again.release();
}, /Postgres/);

test("nothing is left in PostgreSQL", async (spec, stack) => {
  const admin = await postgresAdmin(spec, stack);
  const count = async (query: string) =>
    Number((await admin.query(query)).rows[0].count);
  const sessions = "select count(*) from pg_stat_activity " +
    "where backend_type = 'client backend'";
  const before = await count(sessions);
  {
    await using opened = await open(spec);
    await using second = await open(spec);
    const lease = await opened.locks.acquireAll(["a", "b"]);
    await second.locks.acquire("a", { timeout: 20 }).catch(() => {});
    const waiting = second.locks.acquire("b");
    await pause();
    await lease.release();
    await (await waiting).release();
    await opened.locks.acquire("c");
  }
  assertEquals(
    await count("select count(*) from pg_locks where locktype = 'advisory'"),
    0,
  );
  // A server takes a moment to see that a client has gone.
  while (await count(sessions) > before) await pause();
}, /Postgres/);

test("a listener that dies is replaced", async (spec, stack) => {
  const admin = await postgresAdmin(spec, stack);
  const { locks } = stack.use(await open(spec));
  const { locks: other } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  const waiting = other.acquire("a");
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity ` +
      `where query ilike 'listen %'`,
  );
  await lease.release();
  await (await waiting).release();
}, /Postgres/);

test("a session that cannot listen looks now and then", async (spec, stack) => {
  const admin = await postgresAdmin(spec, stack);
  const role = `few_${crypto.randomUUID().replaceAll("-", "")}`;
  // Room for the session that takes locks, and for the one that checks it.
  await admin.query(`create role ${role} login connection limit 2`);
  const url = `postgres://${role}@127.0.0.1:${spec.port}/postgres`;
  const options = { lease: LEASE, prefix: spec.prefix };
  const sql = postgresJs(url, { onnotice() {} });
  stack.defer(() => sql.end({ timeout: 1 }));
  const locks = stack.use(
    spec.kind === "pg"
      ? new PostgresLocks(() => new pg.Client(url), options)
      : new PostgresLocks(sql, options),
  );
  const { locks: other } = stack.use(await open(spec));
  const lease = await other.acquire("a");
  const waiting = locks.acquire("a");
  await locks.tryAcquire("a");
  await lease.release();
  await (await waiting).release();

  await admin.query(`alter role ${role} connection limit 10`);
  const again = await other.acquire("a");
  const later = locks.acquire("a");
  const listens = `select from pg_stat_activity ` +
    `where usename = '${role}' and query ilike 'listen%'`;
  while ((await admin.query(listens)).rowCount === 0) await pause();
  await again.release();
  await (await later).release();
}, /Postgres/);

test("10 000 keys at once", async (spec, stack) => {
  const { locks } = stack.use(await open({ ...spec, lease: 10_000 }));
  const { locks: other } = stack.use(await open(spec));
  const leases = await Promise.all(
    Array.from({ length: 10_000 }, (_, i) => locks.acquire(`key ${i}`)),
  );
  assertEquals(await other.tryAcquire("key 9999"), undefined);
  assert(leases.every((lease) => lease.held));
  await Promise.all(leases.map((lease) => lease.release()));
}, /Redis|Postgres|File/);

if (postgres !== undefined && hasPgBouncer) {
  for (const kind of ["pg", "postgres"] as const) {
    Deno.test(
      `PostgresLocks on ${kind}: a pooler in transaction mode is refused`,
      unsanitized,
      async () => {
        await using stack = new AsyncDisposableStack();
        const pooler = stack.use(
          await startPgBouncer(postgres!, "transaction"),
        );
        const { locks } = stack.use(await open({ kind, port: pooler.port }));
        await assertRejects(() => locks.acquire("a"), Error, "pooler");
      },
    );
  }
  Deno.test(
    "PostgresLocks: a pooler in session mode will do",
    unsanitized,
    async () => {
      await using stack = new AsyncDisposableStack();
      const pooler = stack.use(await startPgBouncer(postgres!, "session"));
      const { locks } = stack.use(
        await open({ kind: "pg", port: pooler.port }),
      );
      const lease = await locks.acquire("a");
      await lease.release();
    },
  );
} else leaveOut("a pooler", "pgbouncer");

test("a pool with the options of postgres by default", async (spec, stack) => {
  const sql = postgresJs(`postgres://postgres@127.0.0.1:${spec.port}/postgres`);
  stack.defer(() => sql.end({ timeout: 1 }));
  const options = { lease: LEASE, prefix: spec.prefix };
  const locks = stack.use(new PostgresLocks(sql, options));
  const { locks: other } = stack.use(await open(spec));
  const lease = await locks.acquire("a");
  const waiting = other.acquire("a");
  await lease.release();
  await (await waiting).release();
}, /on postgres/);

Deno.test("PostgresLocks: tokens from a sequence", {
  ignore: postgres === undefined,
}, async () => {
  const url = `postgres://postgres@127.0.0.1:${postgres!.port}/postgres`;
  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`create sequence if not exists "It's a ""name"""`);
  await using locks = new PostgresLocks(() => new pg.Client(url), {
    sequence: `"It's a ""name"""`,
  });
  const tokens: bigint[] = [];
  for (let i = 0; i < 3; i++) {
    await locks.run("a", ({ token }) => tokens.push(token));
  }
  assertEquals(tokens, [1n, 2n, 3n]);
  await admin.end();
});

async function redisAdmin(spec: Spec, stack: AsyncDisposableStack) {
  const admin = new Redis(spec.port!, "127.0.0.1");
  stack.defer(async () => {
    await admin.quit();
  });
  await admin.ping();
  return admin;
}

async function postgresAdmin(spec: Spec, stack: AsyncDisposableStack) {
  const admin = new pg.Client(
    `postgres://postgres@127.0.0.1:${spec.port}/postgres`,
  );
  stack.defer(() => admin.end());
  await admin.connect();
  return admin;
}
