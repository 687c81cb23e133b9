/**
 * What is measured: Holdfast on each engine, the bare commands, and other
 * libraries on the same server.
 *
 * @module
 */

import advisory from "npm:advisory-lock@2.0.0";
import { Redis } from "npm:ioredis@6.0.0";
import { Kysely, PostgresDialect } from "npm:kysely@0.29.9";
import pg from "npm:pg@8.23.1";
import postgres from "npm:postgres@3.4.9";
import { Verrou } from "npm:@verrou/core@0.5.2";
import { kyselyStore } from "npm:@verrou/core@0.5.2/drivers/kysely";
import { redisStore } from "npm:@verrou/core@0.5.2/drivers/redis";
import lockfile from "npm:proper-lockfile@4.1.2";
import { createClient } from "npm:redis@6.3.1";
import { Mutex } from "npm:redis-semaphore@5.8.0";
import Redlock from "npm:redlock@5.0.0-beta.2";
import { open, type Spec } from "../../tests/across/open.ts";

/** Where the engines are. Can be sent to another process. */
export interface Places {
  readonly directory: string;
  readonly redis?: number;
  readonly postgres?: number;
  /** Of Holdfast, in ms. */
  readonly lease?: number;
}

/** Takes a key, waiting for it; returns what frees it. */
export type Take = (key: string) => Promise<() => Promise<unknown>>;

/** Something that takes keys, and the client under it. */
export interface Opened extends AsyncDisposable {
  readonly take: Take;
}

/** One way to take and free a key. */
export interface Candidate {
  readonly name: string;
  readonly engine: "Web Locks" | "files" | "Redis" | "PostgreSQL";
  /** `bare`: the least that takes and frees a key, without waiting. */
  readonly is: "Holdfast" | "bare" | "peer";
  /** The bare commands that it is compared with. Not those of all clients. */
  readonly floor?: string;
  open(at: Places): Promise<Opened>;
}

// Deno's own types lack it.
const locks = Reflect.get(navigator, "locks");

/** How long a holder may be silent, in ms. */
export const LEASE = 1000;

/** Of the database. */
export function postgresUrl({ postgres }: Places): string {
  return `postgres://postgres@127.0.0.1:${postgres}/postgres`;
}

/** Holdfast, opened from a description as in the tests. */
function holdfast(
  name: string,
  engine: Candidate["engine"],
  floor: string,
  spec: (at: Places) => Spec,
): Candidate {
  return {
    name: `Holdfast, ${name}`,
    engine,
    is: "Holdfast",
    floor,
    async open(at) {
      const { lease = LEASE } = at;
      const opened = await open({ lease, ...spec(at) });
      return {
        async take(key) {
          const lease = await opened.locks.acquire(key);
          return () => lease.release();
        },
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      };
    },
  };
}

/** Something on ioredis. */
function onIoRedis(
  name: string,
  is: Candidate["is"],
  make: (client: Redis) => Take,
): Candidate {
  return {
    name,
    engine: "Redis",
    is,
    ...(is === "peer" && { floor: "SET NX PX and DEL, ioredis" }),
    open(at) {
      const client = new Redis(at.redis!, "127.0.0.1");
      return Promise.resolve({
        take: make(client),
        [Symbol.asyncDispose]() {
          client.disconnect();
          return Promise.resolve();
        },
      });
    },
  };
}

function takeOf(verrou: Pick<Verrou<never>, "createLock">): Take {
  return async (key) => {
    const lock = verrou.createLock(key, LEASE);
    await lock.acquire();
    return () => lock.release();
  };
}

/** Something on one connection of pg. */
function onPg(
  name: string,
  is: Candidate["is"],
  make: (client: pg.Client) => Take,
): Candidate {
  return {
    name,
    engine: "PostgreSQL",
    is,
    ...(is === "peer" && { floor: "advisory lock, pg" }),
    async open(at) {
      const client = new pg.Client(postgresUrl(at));
      await client.connect();
      return { take: make(client), [Symbol.asyncDispose]: () => client.end() };
    },
  };
}

const SEQUENCE = "bench";

/** One of the candidates takes its tokens from it. */
export async function createSequence(at: Places): Promise<void> {
  const client = new pg.Client(postgresUrl(at));
  await client.connect();
  await client.query(`create sequence ${SEQUENCE}`);
  await client.end();
}

/** The advisory lock of a key. */
function slot(key: string): string {
  return `hashtext('${key}')`;
}

/** Makes an id which a crash does not take back. */
const DURABLE = "pg_current_xact_id(), pg_logical_emit_message(true, '', '')";

export const candidates: readonly Candidate[] = [
  {
    name: "navigator.locks",
    engine: "Web Locks",
    is: "bare",
    open: () =>
      Promise.resolve({
        take: (key) =>
          new Promise((resolve) => {
            const done = locks.request(
              key,
              () => new Promise<void>((free) => resolve(() => (free(), done))),
            );
          }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  holdfast(
    "Web Locks",
    "Web Locks",
    "navigator.locks",
    () => ({ kind: "web" }),
  ),
  {
    name: "open, lock and close a file",
    engine: "files",
    is: "bare",
    open: ({ directory }) =>
      Promise.resolve({
        async take(key) {
          const options = { create: true, write: true };
          const file = await Deno.open(`${directory}/bare-${key}`, options);
          await file.lock(true);
          return () => Promise.resolve(file.close());
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  holdfast(
    "files",
    "files",
    "open, lock and close a file",
    ({ directory }) => ({ kind: "files", directory }),
  ),
  {
    name: "proper-lockfile",
    engine: "files",
    is: "peer",
    floor: "open, lock and close a file",
    open: ({ directory }) =>
      Promise.resolve({
        take: (key) =>
          lockfile.lock(`${directory}/${key}`, {
            realpath: false,
            retries: { forever: true, factor: 1, minTimeout: 10 },
          }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  onIoRedis("SET NX PX and DEL, ioredis", "bare", (client) => async (key) => {
    await client.set(key, "me", "PX", LEASE, "NX");
    return () => client.del(key);
  }),
  {
    name: "SET NX PX and DEL, redis",
    engine: "Redis",
    is: "bare",
    async open(at) {
      const client = createClient({ url: `redis://127.0.0.1:${at.redis}` });
      await client.connect();
      return {
        async take(key) {
          await client.set(key, "me", { PX: LEASE, NX: true });
          return () => client.del(key);
        },
        [Symbol.asyncDispose]: () => client.close(),
      };
    },
  },
  holdfast(
    "ioredis",
    "Redis",
    "SET NX PX and DEL, ioredis",
    ({ redis }) => ({ kind: "ioredis", port: redis! }),
  ),
  holdfast(
    "redis",
    "Redis",
    "SET NX PX and DEL, redis",
    ({ redis }) => ({ kind: "redis", port: redis! }),
  ),
  onIoRedis("redlock, ioredis", "peer", (client) => {
    const redlock = new Redlock([client], { retryCount: -1 });
    return async (key) => {
      const lock = await redlock.acquire([key], LEASE);
      return () => lock.release();
    };
  }),
  onIoRedis("redis-semaphore, ioredis", "peer", (client) => async (key) => {
    const options = { lockTimeout: LEASE, acquireTimeout: 60_000 };
    const mutex = new Mutex(client, key, options);
    await mutex.acquire();
    return () => mutex.release();
  }),
  onIoRedis("@verrou/core, ioredis", "peer", (client) => {
    const verrou = new Verrou({
      default: "redis",
      stores: { redis: { driver: redisStore({ connection: client }) } },
    });
    return takeOf(verrou);
  }),
  onPg("advisory lock, pg", "bare", (client) => async (key) => {
    await client.query(`select pg_try_advisory_lock(${slot(key)})`);
    return () => client.query(`select pg_advisory_unlock(${slot(key)})`);
  }),
  onPg("advisory lock and durable id, pg", "bare", (client) => async (key) => {
    await client.query(`select pg_try_advisory_lock(${slot(key)}), ${DURABLE}`);
    return () => client.query(`select pg_advisory_unlock(${slot(key)})`);
  }),
  {
    name: "advisory lock and durable id, postgres",
    engine: "PostgreSQL",
    is: "bare",
    async open(at) {
      const sql = postgres(postgresUrl(at), { max: 1 });
      const session = await sql.reserve();
      return {
        async take(key) {
          await session.unsafe(
            `select pg_try_advisory_lock(${slot(key)}), ${DURABLE}`,
          );
          return () =>
            session.unsafe(`select pg_advisory_unlock(${slot(key)})`);
        },
        async [Symbol.asyncDispose]() {
          session.release();
          await sql.end();
        },
      };
    },
  },
  holdfast(
    "pg",
    "PostgreSQL",
    "advisory lock and durable id, pg",
    ({ postgres }) => ({ kind: "pg", port: postgres! }),
  ),
  holdfast(
    "postgres",
    "PostgreSQL",
    "advisory lock and durable id, postgres",
    ({ postgres }) => ({ kind: "postgres", port: postgres! }),
  ),
  holdfast(
    "pg, sequence",
    "PostgreSQL",
    "advisory lock, pg",
    ({ postgres }) => ({ kind: "pg", port: postgres!, sequence: SEQUENCE }),
  ),
  {
    name: "advisory-lock",
    engine: "PostgreSQL",
    is: "peer",
    floor: "advisory lock, pg",
    open(at) {
      const mutexOf = advisory.default(postgresUrl(at));
      return Promise.resolve({
        take: (key) => mutexOf(key).lock(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  },
  {
    name: "@verrou/core, kysely",
    engine: "PostgreSQL",
    is: "peer",
    floor: "advisory lock, pg",
    open(at) {
      const pool = new pg.Pool({ connectionString: postgresUrl(at) });
      const dialect = new PostgresDialect({ pool });
      const connection = new Kysely<unknown>({ dialect });
      const verrou = new Verrou({
        default: "postgres",
        stores: { postgres: { driver: kyselyStore({ connection }) } },
      });
      return Promise.resolve({
        take: takeOf(verrou),
        [Symbol.asyncDispose]: () => connection.destroy(),
      });
    },
  },
];

/** Those whose engine is here. */
export function available(at: Places): Candidate[] {
  return candidates.filter(({ engine }) =>
    (engine !== "Redis" || at.redis !== undefined) &&
    (engine !== "PostgreSQL" || at.postgres !== undefined)
  );
}
