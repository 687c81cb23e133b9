/**
 * Measures the locks that reach beyond a process, beside others on the same
 * server in the same run. Prints tables.
 *
 * ```sh
 * deno task bench:across
 * ```
 *
 * @module
 */

import { Redis } from "npm:ioredis@5.11.1";
import pg from "npm:pg@8.23.1";
import { Verrou } from "npm:@verrou/core@0.5.2";
import { redisStore } from "npm:@verrou/core@0.5.2/drivers/redis";
import lockfile from "npm:proper-lockfile@4.1.2";
import { Mutex } from "npm:redis-semaphore@5.8.0";
import Redlock from "npm:redlock@5.0.0-beta.2";
import { open, type Spec } from "../../tests/across/open.ts";
import { clock } from "../../tests/across/orders.ts";
import { type Interval, Remote } from "../../tests/across/remote.ts";
import {
  hasPostgres,
  hasRedis,
  startPostgres,
  startRedis,
} from "../../tests/across/servers.ts";

const LEASE = 1000;

await using stack = new AsyncDisposableStack();
const directory = await Deno.makeTempDir();
stack.defer(() => Deno.remove(directory, { recursive: true }));
const redis = hasRedis
  ? stack.use(await startRedis(["--appendonly", "no"]))
  : undefined;
const postgres = hasPostgres ? stack.use(await startPostgres()) : undefined;
if (redis === undefined) console.log("Redis is left out: it is not installed");
if (postgres === undefined) {
  console.log("PostgreSQL is left out: it is not installed");
}

const specs: Spec[] = [{ kind: "files", directory }];
if (redis !== undefined) {
  const { port } = redis;
  specs.push({ kind: "redis", port }, { kind: "ioredis", port });
}
if (postgres !== undefined) {
  const { port } = postgres;
  specs.push({ kind: "pg", port }, { kind: "postgres", port });
}

/** Takes and frees once. */
type Round = () => Promise<unknown>;

console.log("## Acquire and release, nobody else there\n");
console.log("| what | µs |\n| --- | ---: |");
await alone("WebLocks", await ours({ kind: "web" }));
for (const spec of specs) {
  await alone(`Holdfast, ${spec.kind}`, await ours({ ...spec, lease: LEASE }));
}
await alone("proper-lockfile", await properLockfile());
if (redis !== undefined) {
  const client = new Redis(redis.port, "127.0.0.1");
  stack.defer(() => client.disconnect());
  await alone("bare SET NX PX and DEL, ioredis", async () => {
    await client.set("bare", "me", "PX", LEASE, "NX");
    await client.del("bare");
  });
  const redlock = new Redlock([client]);
  await alone("redlock, ioredis", async () => {
    await (await redlock.acquire(["redlock"], LEASE)).release();
  });
  await alone("redis-semaphore, ioredis", async () => {
    const mutex = new Mutex(client, "semaphore", { lockTimeout: LEASE });
    await mutex.acquire();
    await mutex.release();
  });
  const verrou = new Verrou({
    default: "redis",
    stores: { redis: { driver: redisStore({ connection: client }) } },
  });
  await alone("@verrou/core, ioredis", async () => {
    const lock = verrou.createLock("verrou", LEASE);
    await lock.acquire();
    await lock.release();
  });
}
if (postgres !== undefined) {
  const client = new pg.Client(
    `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
  );
  await client.connect();
  stack.defer(() => client.end());
  await alone("bare advisory lock, pg", async () => {
    await client.query("select pg_try_advisory_lock(1)");
    await client.query("select pg_advisory_unlock(1)");
  });
  await alone("bare advisory lock with a durable id, pg", async () => {
    await client.query(
      "select pg_try_advisory_lock(1), pg_current_xact_id(), " +
        "pg_logical_emit_message(true, 'bench', '')",
    );
    await client.query("select pg_advisory_unlock(1)");
  });
}

console.log("\n## 64 keys at once over one connection\n");
console.log("| engine | µs for each hold |\n| --- | ---: |");
for (const spec of specs) {
  const { locks } = stack.use(await open({ ...spec, lease: 10_000 }));
  const start = performance.now();
  let holds = 0;
  await Promise.all(Array.from({ length: 64 }, async (_, key) => {
    while (performance.now() - start < 1000) {
      await locks.run(`many ${key}`, () => holds++);
    }
  }));
  const took = performance.now() - start;
  console.log(`| ${spec.kind} | ${(took / holds * 1000).toFixed(0)} |`);
}

console.log("\n## Four processes on one key\n");
console.log(
  "| engine | holds a second | share of each, % | hand-over p50, ms | p99, ms |",
);
console.log("| --- | ---: | --- | ---: | ---: |");
for (const spec of specs) await contend({ ...spec, lease: LEASE });

console.log("\n## Until the next one has the key after SIGKILL\n");
console.log(`A lease takes ${LEASE} ms.\n`);
console.log("| engine | ms |\n| --- | ---: |");
for (const spec of specs) await takeOver({ ...spec, lease: LEASE });

console.log("\n## Many who wait for one key\n");
console.log("| engine | waiters | requests for each hand-over | ms |");
console.log("| --- | ---: | ---: | ---: |");
if (redis !== undefined) {
  for (const count of [1, 10, 100, 1000]) await queueAtRedis(count);
}
if (postgres !== undefined) {
  for (const count of [1, 10, 100]) await queueAtPostgres(count);
}

async function ours(spec: Spec): Promise<Round> {
  const { locks } = stack.use(await open(spec));
  return async () => await (await locks.acquire("alone")).release();
}

async function properLockfile(): Promise<Round> {
  const file = `${directory}/proper`;
  await Deno.writeTextFile(file, "");
  return async () => await (await lockfile.lock(file))();
}

/** The fastest of five rounds of 200 ms: the others were disturbed. */
async function alone(name: string, round: Round): Promise<void> {
  for (let i = 0; i < 50; i++) await round();
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    let rounds = 0;
    for (; performance.now() - start < 200; rounds++) await round();
    best = Math.min(best, (performance.now() - start) / rounds);
  }
  console.log(`| ${name} | ${(best * 1000).toFixed(0)} |`);
}

async function contend(spec: Spec): Promise<void> {
  await using remotes = new AsyncDisposableStack();
  const four = [1, 2, 3, 4].map((i) => remotes.use(new Remote(spec, `${i}`)));
  await Promise.all(
    four.map((remote, i) => remote.tell({ do: "try", key: `ready ${i}` })),
  );
  const time = 3000;
  const holds = await Promise.all(
    four.map((remote) => remote.tell({ do: "contend", time })),
  ) as number[];
  const sum = holds.reduce((a, b) => a + b);
  const shares = holds.map((count) => (100 * count / sum).toFixed(0));
  const passed = handOvers(four.flatMap(({ intervals }) => intervals));
  const at = (share: number) =>
    passed[Math.floor(passed.length * share)]?.toFixed(2) ?? "none";
  console.log(
    `| ${spec.kind} | ${(sum / time * 1000).toFixed(0)} | ` +
      `${shares.join(", ")} | ${at(0.5)} | ${at(0.99)} |`,
  );
}

/** How long the key took from one process to another, sorted. */
function handOvers(intervals: Interval[]): number[] {
  const sorted = intervals.filter(({ key }) => key === "a")
    .sort((a, b) => a.from - b.from);
  return sorted.slice(1)
    .filter(({ who }, i) => who !== sorted[i]!.who)
    .map(({ from }) => from - sorted.findLast((it) => it.from < from)!.to)
    .sort((a, b) => a - b);
}

async function takeOver(spec: Spec): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    await using holder = new Remote(spec);
    const { locks } = stack.use(await open(spec));
    await holder.tell({ do: "acquire" });
    const waiting = locks.acquire("a");
    await holder.tell({ do: "try", key: "later" });
    const killed = clock();
    await holder.kill();
    const lease = await waiting;
    times.push(Math.round(clock() - killed));
    await lease.release();
  }
  console.log(`| ${spec.kind} | ${times.sort((a, b) => a - b).join(", ")} |`);
}

async function queueAtRedis(count: number): Promise<void> {
  const client = new Redis(redis!.port, "127.0.0.1");
  const prefix = `queue ${count}:`;
  const calls = async () => {
    const stats = await client.info("commandstats");
    return [...stats.matchAll(/cmdstat_evalsha:calls=(\d+)/g)]
      .reduce((sum, [, calls]) => sum + Number(calls), 0);
  };
  await queue(count, { kind: "ioredis", port: redis!.port, prefix }, calls);
  client.disconnect();
}

async function queueAtPostgres(count: number): Promise<void> {
  const client = new pg.Client(
    `postgres://postgres@127.0.0.1:${postgres!.port}/postgres`,
  );
  await client.connect();
  const calls = async () => {
    const { rows } = await client.query(
      "select pg_stat_clear_snapshot(), xact_commit as count " +
        "from pg_stat_database where datname = 'postgres'",
    );
    return Number(rows[0].count);
  };
  const prefix = `queue ${count}:`;
  await queue(count, { kind: "pg", port: postgres!.port, prefix }, calls);
  await client.end();
}

/** Many objects stand for as many processes, each of which gets it once. */
async function queue(
  count: number,
  spec: Spec,
  calls: () => Promise<number>,
): Promise<void> {
  await using all = new AsyncDisposableStack();
  const opened = await Promise.all(
    Array.from({ length: count + 1 }, () => open(spec)),
  );
  for (const it of opened) all.use(it);
  const [first, ...others] = opened;
  const lease = await first!.locks.acquire("a");
  let before = 0;
  let start = 0;
  const holds = others.map(({ locks }) => locks.run("a", () => {}));
  // All wait when each has had an answer to what it asked after.
  await Promise.all(others.map(({ locks }) => locks.tryAcquire("a")));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  before = await calls();
  start = performance.now();
  await lease.release();
  await Promise.all(holds);
  const took = (performance.now() - start) / count;
  const requests = (await calls() - before) / count;
  console.log(
    `| ${spec.kind} | ${count} | ${requests.toFixed(1)} | ${took.toFixed(1)} |`,
  );
}
