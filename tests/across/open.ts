/**
 * Opens locks of any class from a description that can be sent to another
 * process, each time with clients of its own.
 *
 * @module
 */

import { Cluster, Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import postgres from "npm:postgres@3.4.9";
import { createClient, createCluster, createSentinel } from "npm:redis@6.3.1";
import type { EngineLocks, Lease } from "../../across/workers.ts";
import { FileLocks } from "../../across/processes.ts";
import { PostgresLocks } from "../../across/postgres.ts";
import { RedisLocks } from "../../across/redis.ts";
import { WebLocks } from "../../across/workers.ts";

/** Which locks to open. */
export interface Spec {
  readonly kind:
    | "web"
    | "files"
    | `${"redis" | "ioredis"}${"" | " cluster" | " sentinel"}`
    | "pg"
    | "postgres";
  readonly port?: number;
  /** Of the nodes of a cluster. */
  readonly ports?: readonly number[];
  readonly directory?: string;
  readonly lease?: number;
  readonly prefix?: string;
  /** Of PostgreSQL. */
  readonly sequence?: string;
}

/** Locks, and the client under them. */
export interface Opened extends AsyncDisposable {
  readonly locks: EngineLocks<Lease>;
}

/** Disposes the locks, then closes the client. */
export async function open(spec: Spec): Promise<Opened> {
  const { lease, prefix, sequence } = spec;
  const options = { ...(lease && { lease }), ...(prefix && { prefix }) };
  const postgresOptions = { ...options, ...(sequence && { sequence }) };
  const url = `127.0.0.1:${spec.port}`;
  let locks: EngineLocks<Lease>;
  let close: () => unknown = () => {};
  switch (spec.kind) {
    case "web":
      locks = new WebLocks(prefix === undefined ? {} : { prefix });
      break;
    case "files":
      locks = new FileLocks(spec.directory!);
      break;
    case "redis": {
      const client = createClient({ url: `redis://${url}` });
      client.on("error", () => {});
      await client.connect();
      locks = new RedisLocks(client, options);
      close = () => client.destroy();
      break;
    }
    case "redis cluster": {
      const client = createCluster({
        rootNodes: spec.ports!.map((port) => ({ socket: { port } })),
      });
      client.on("error", () => {});
      await client.connect();
      locks = new RedisLocks(client, options);
      close = () => client.destroy();
      break;
    }
    case "redis sentinel": {
      const client = createSentinel({
        name: "main",
        sentinelRootNodes: [{ host: "127.0.0.1", port: spec.port! }],
      });
      client.on("error", () => {});
      await client.connect();
      locks = new RedisLocks(client, options);
      close = () => client.destroy();
      break;
    }
    case "ioredis": {
      const client = new Redis(`redis://${url}`);
      client.on("error", () => {});
      locks = new RedisLocks(client, options);
      close = () => quit(client);
      break;
    }
    case "ioredis cluster": {
      const client = new Cluster([...spec.ports!]);
      client.on("error", () => {});
      await new Promise((resolve) => client.once("ready", resolve));
      locks = new RedisLocks(client, options);
      close = () => quit(client);
      break;
    }
    case "ioredis sentinel": {
      const sentinels = [{ host: "127.0.0.1", port: spec.port! }];
      const client = new Redis({ name: "main", sentinels });
      client.on("error", () => {});
      locks = new RedisLocks(client, options);
      close = () => quit(client);
      break;
    }
    case "pg":
      locks = new PostgresLocks(
        () => new pg.Client(`postgres://postgres@${url}/postgres`),
        postgresOptions,
      );
      break;
    case "postgres": {
      const sql = postgres(`postgres://postgres@${url}/postgres`, {
        onnotice() {},
        // Asking for them, it ends the process if the connection dies meanwhile.
        fetch_types: false,
      });
      locks = new PostgresLocks(sql, postgresOptions);
      // Without a limit it waits for ever if a connection was silenced.
      close = () => sql.end({ timeout: 1 });
      break;
    }
  }
  return {
    locks,
    async [Symbol.asyncDispose]() {
      await locks[Symbol.asyncDispose]();
      await close();
    },
  };
}

async function quit(client: Redis | Cluster): Promise<void> {
  const ended = new Promise((resolve) => client.once("end", resolve));
  await Promise.race([client.quit(), ended]).catch(() => {});
}
