/**
 * Users that have only the rights that `docs/across.md` names.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Cluster, Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import { createClient, createCluster } from "npm:redis@6.3.1";
import { PostgresLocks } from "../../../across/postgres.ts";
import { RedisLocks } from "../../../across/redis.ts";
import type { EngineLocks, Lease } from "../../../across/workers.ts";
import { postgres, redis } from "../engines.ts";
import { ask, hasRedisCluster, startRedisCluster } from "../servers.ts";
import { moveSlot } from "../slots.ts";

const docs = await Deno.readTextFile(
  new URL("../../../docs/across.md", import.meta.url),
);

/** The only block of code of a language in the docs that has a word. */
function block(language: string, word: string): string {
  const blocks = docs.matchAll(/```(\w+)\n([^]*?)```/g);
  for (const [, of, text] of blocks) {
    if (of === language && text!.includes(word)) return text!;
  }
  throw new Error(`there is no block of ${language} with ${word}`);
}

/** The command of a block that begins with these words. */
function command(words: string): string[] {
  return block("text", words).trim().replaceAll("\\\n", " ").split(/\s+/);
}

async function use(one: EngineLocks<Lease>, other: EngineLocks<Lease>) {
  const lease = await one.acquireAll(["a", "b"]);
  const waiting = other.acquire("a");
  assertEquals(await other.tryAcquire("b"), undefined);
  await lease.release();
  const next = await waiting;
  assert(next.held);
  await new Promise((resolve) => setTimeout(resolve, 400)); // it is renewed
  assert(next.held);
  await next.release();
}

Deno.test("RedisLocks: the rights that the docs name are enough", {
  ignore: redis === undefined,
}, async () => {
  const { port } = redis!;
  const admin = new Redis(port, "127.0.0.1");
  const [name, ...words] = command("ACL SETUSER locks on");
  await admin.call(name!, ...words);
  const options = { lease: 900 };
  const url = `redis://locks:secret@127.0.0.1:${port}`;
  {
    const client = await createClient({ url }).connect();
    await using one = new RedisLocks(client, options);
    await using other = new RedisLocks(client, options);
    await use(one, other);
    await client.close();
  }
  {
    const client = new Redis(url);
    await using one = new RedisLocks(client, options);
    await using other = new RedisLocks(client, options);
    await use(one, other);
    await client.quit();
  }
  await admin.quit();
});

Deno.test(
  "RedisLocks: the rights that the docs name for a cluster are enough",
  {
    ignore: !hasRedisCluster,
  },
  async () => {
    await using cluster = await startRedisCluster();
    for (
      const words of ["ACL SETUSER locks on", "ACL SETUSER locks +cluster"]
    ) {
      for (const node of cluster.nodes) await ask(node, ...command(words));
    }
    const ports = cluster.nodes.map(({ port }) => port);
    const prefix = "holdfast:";
    const user = { username: "locks", password: "secret" };
    const redisCluster = createCluster({
      rootNodes: ports.map((port) => ({ socket: { port }, ...user })),
      defaults: user,
    });
    await redisCluster.connect();
    const ioRedisCluster = new Cluster(ports, { redisOptions: user });
    for (const client of [redisCluster, ioRedisCluster]) {
      await using one = new RedisLocks(client, { prefix, lease: 900 });
      await using other = new RedisLocks(client, { prefix, lease: 900 });
      await use(one, other);

      const lease = await one.acquire("a");
      const name = `${prefix}{:a}`;
      const move = await moveSlot(cluster, name);
      await move.migrate(name, `${name}:token`);
      await new Promise((resolve) => setTimeout(resolve, 1200)); // it is renewed
      await move.finish();
      assert(lease.held);
    }
    await redisCluster.close();
    await ioRedisCluster.quit();
  },
);

Deno.test("PostgresLocks: the rights that the docs name are enough", {
  ignore: postgres === undefined,
}, async () => {
  const at = `127.0.0.1:${postgres!.port}/postgres`;
  const admin = new pg.Client(`postgres://postgres@${at}`);
  await admin.connect();
  await admin.query(block("sql", "create role"));
  const make = () => new pg.Client(`postgres://locks@${at}`);
  await using one = new PostgresLocks(make, { lease: 900 });
  await using other = new PostgresLocks(make, { lease: 900 });
  await use(one, other);
  await admin.end();
});
