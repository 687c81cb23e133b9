/**
 * Users that have only the rights that `docs/across.md` names.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Redis } from "npm:ioredis@5.11.1";
import pg from "npm:pg@8.23.1";
import { createClient } from "npm:redis@6.3.1";
import { PostgresLocks } from "../../../across/postgres.ts";
import { RedisLocks } from "../../../across/redis.ts";
import type { EngineLocks, Lease } from "../../../across/workers.ts";
import { postgres, redis } from "../engines.ts";

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
  const rights = block("text", "ACL SETUSER").trim().replaceAll("\\\n", " ");
  const [, ...words] = rights.split(/\s+/);
  await admin.call("ACL", ...words);
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
