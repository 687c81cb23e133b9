import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { PostgresLocks } from "../../across/postgres.ts";
import { RedisLocks } from "../../across/redis.ts";
import { reasonOf } from "../support/promises.ts";
import { locksAt, ScriptedServer } from "./scripted.ts";

const client = { call: () => new Promise<void>(() => {}), duplicate() {} };

for (
  const [name, make] of [
    ["RedisLocks", (options: object) => new RedisLocks(client, options)],
    [
      "PostgresLocks",
      (options: object) => new PostgresLocks(() => client as never, options),
    ],
  ] as const
) {
  Deno.test(`${name} refuses wrong options`, () => {
    make({});
    assertThrows(() => make({ prefix: 1 }), TypeError, "prefix must be");
    assertThrows(() => make({ lease: "1" }), TypeError, "lease must be");
    for (const lease of [0, -1, 1.5, NaN, Infinity, 2 ** 31]) {
      assertThrows(() => make({ lease }), RangeError, "lease must be");
    }
    assertThrows(() => make({ leases: 1 }), TypeError, "there is no option");
    assertThrows(() => make([]), TypeError, "options must be");
  });
}

Deno.test("RedisLocks and PostgresLocks refuse wrong clients", () => {
  const pool = { sendCommand() {} }; // of npm:redis, which cannot listen
  for (const client of [undefined, null, {}, "redis://", () => {}, pool]) {
    assertThrows(() => new RedisLocks(client as never), TypeError, "client");
  }
  for (const client of [undefined, null, {}, "postgres://"]) {
    assertThrows(() => new PostgresLocks(client as never), TypeError, "client");
  }
  assertThrows(
    () => new PostgresLocks(() => ({}) as never, { sequence: 1 as never }),
    TypeError,
    "sequence",
  );
});

Deno.test("keys are strings, and messages name a few of them", async () => {
  const server = new ScriptedServer();
  const locks = locksAt(server);
  await assertRejects(() => locks.acquire(1 as never), TypeError, "key must");
  server.failure = new Error("final");
  const rejected = reasonOf(locks.acquireAll([..."abcdefg"]));
  await server.settle();
  assertEquals(
    (await rejected as Error).message,
    'Cannot acquire keys "a", "b", "c", "d", "e", 2 more at Script: final',
  );
});
