/**
 * A job runs every second on one of several replicas, and moves on to another
 * one when that one dies. A lock decides which replica runs it.
 *
 * ```sh
 * REDIS_URL=redis://127.0.0.1 deno run -A examples/one_replica.ts
 * DATABASE_URL=postgres://127.0.0.1/app deno run -A examples/one_replica.ts
 * deno run examples/one_replica.ts # one process, whose tasks are the replicas
 * ```
 *
 * Start it three times with one of the first two commands, and kill the one
 * that runs the job.
 *
 * @module
 */

import { KeyedLock, type Locks } from "../mod.ts";

/** What the environment names; without that, what every process has. */
async function locksFromEnvironment(): Promise<Locks | undefined> {
  const redis = read("REDIS_URL");
  if (redis !== undefined) {
    const { RedisLocks } = await import("../across/redis.ts");
    const { createClient } = await import("npm:redis@6.3.1");
    const client = createClient({ url: redis });
    client.on("error", (error) => console.error(String(error)));
    await client.connect();
    return new RedisLocks(client, { lease: 3000 });
  }
  const postgres = read("DATABASE_URL");
  if (postgres !== undefined) {
    const { PostgresLocks } = await import("../across/postgres.ts");
    const { default: pg } = await import("npm:pg@8.23.1");
    return new PostgresLocks(() => new pg.Client(postgres), { lease: 3000 });
  }
}

/** Without the permission, the variable counts as not set. */
function read(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** Waits for its turn to be the one that works, and works until it dies. */
async function replica(
  locks: Locks,
  name: string,
  rounds: number,
  ms: number,
): Promise<void> {
  await using hold = await locks.acquire("nightly report");
  for (let round = 1; round <= rounds && hold.held; round++) {
    console.log(`${name}: the job runs, round ${round}`);
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
  console.log(hold.held ? `${name}: ends` : `${name}: has lost its turn`);
}

const locks = await locksFromEnvironment();
if (locks !== undefined) {
  for (;;) await replica(locks, `process ${Deno.pid}`, Infinity, 1000);
} else {
  const alone = new KeyedLock();
  await Promise.all(
    ["replica A", "replica B", "replica C"].map((name) =>
      replica(alone, name, 2, 10)
    ),
  );
}
