/**
 * How the cost grows with those who wait for one key, and with the keys that
 * one process holds.
 *
 * @module
 */

import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import { type Candidate, type Places, postgresUrl } from "./candidates.ts";
import { Child } from "./contended.ts";

/** One figure of a line. */
export interface Growth {
  readonly name: string;
  readonly size: number;
  /** Requests to the server. A file lock has no server. */
  readonly requests: number | undefined;
}

/** With so many waiters. */
export interface Waiters extends Growth {
  /** Until the next one has the key. */
  readonly ms: number;
}

/** With so many keys. */
export interface Keys extends Growth {
  readonly heapBytes: number;
  /** Of Redis: PostgreSQL has a table of a fixed size. */
  readonly serverBytes: number | undefined;
}

/** What a server says of itself. */
interface Server extends AsyncDisposable {
  requests(): Promise<number>;
  bytes(): Promise<number | undefined>;
}

/** The statements that clients of pg in this process have sent. */
let queries = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  queries++;
  return Reflect.apply(query, this, args);
} as typeof query;

/** Many objects stand for as many processes, each of which gets the key once. */
export async function waiters(
  candidate: Candidate,
  at: Places,
  size: number,
): Promise<Waiters> {
  await using server = await ask(candidate, at);
  await using all = new AsyncDisposableStack();
  // PostgreSQL counts what a session did up to a second later.
  const requests = () =>
    candidate.engine === "PostgreSQL" ? queries : server?.requests();
  const key = `waiters-${size}`;
  const free = await all.use(await candidate.open(at)).take(key);
  const others = await Promise.all(
    Array.from({ length: size }, () => candidate.open(at)),
  );
  for (const it of others) all.use(it);
  const holds = others.map(async ({ take }) => {
    await (await take(key))();
  });
  // Long enough to be in line, and past the first looks.
  await new Promise((resolve) => setTimeout(resolve, 2000 + 2 * size));
  const before = await requests();
  const start = performance.now();
  await free();
  await Promise.all(holds);
  const ms = (performance.now() - start) / size;
  const made = before === undefined ? undefined : await requests()! - before;
  return { name: candidate.name, size, requests: made && made / size, ms };
}

/** The default lease, in ms, and how long its heartbeats are counted. */
const LEASE = 10_000;

/** One process holds so many keys. */
export async function keys(
  candidate: Candidate,
  at: Places,
  size: number,
): Promise<Keys> {
  await using server = await ask(candidate, at);
  const bytesBefore = await server?.bytes();
  await using child = new Child(
    "keys",
    candidate,
    { ...at, lease: LEASE },
    size,
  );
  const heapBytes = Number(await child.line());
  const bytes = await server?.bytes();
  const before = await server?.requests();
  if (server !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, LEASE));
  }
  const requests = before === undefined
    ? undefined
    : (await server!.requests() - before) / LEASE * 1000;
  return {
    name: candidate.name,
    size,
    requests,
    heapBytes,
    serverBytes: bytes && (bytes - bytesBefore!) / size,
  };
}

async function ask(
  { engine }: Candidate,
  at: Places,
): Promise<Server | undefined> {
  if (engine === "Redis") {
    const client = new Redis(at.redis!, "127.0.0.1");
    const info = async (section: string, pattern: RegExp) =>
      [...(await client.info(section)).matchAll(pattern)]
        .reduce((sum, [, figure]) => sum + Number(figure), 0);
    return {
      requests: () => info("commandstats", /cmdstat_eval\w*:calls=(\d+)/g),
      bytes: () => info("memory", /used_memory_dataset:(\d+)/g),
      [Symbol.asyncDispose]: async () => void await client.quit(),
    };
  }
  if (engine === "PostgreSQL") {
    const client = new pg.Client(postgresUrl(at));
    await client.connect();
    const text = "select pg_stat_clear_snapshot(), " +
      "xact_commit::int as count from pg_stat_database " +
      "where datname = 'postgres'";
    return {
      requests: async () => (await client.query(text)).rows[0].count,
      bytes: () => Promise.resolve(undefined),
      [Symbol.asyncDispose]: () => client.end(),
    };
  }
}
