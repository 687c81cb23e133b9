/** How each kind of client is asked, and which answers are asked for again. */

import { assertEquals, assertRejects } from "@std/assert";
import { type RedisClient, RedisLocks } from "../../across/redis.ts";

const token = 17;

/** A client that notes what it is asked, and takes its answers from a list. */
function clientOf(kind: object, answers: unknown[] = []) {
  const asked: unknown[][] = [];
  const ask = (...args: unknown[]) => {
    asked.push(args);
    const answer = answers.length > 0 ? answers.shift() : token;
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(answer);
  };
  const duplicate = () => {};
  const client = "isCluster" in kind
    ? { ...kind, call: ask, duplicate }
    : { ...kind, sendCommand: ask, duplicate };
  return { client: client as unknown as RedisClient, asked };
}

for (
  const [name, kind, first] of [
    ["createClient", {}, []],
    ["createCluster", { slots: [] }, ["holdfast:{:a}", false]],
    ["createSentinel", { getMasterNode() {} }, [false]],
    ["new Redis", { isCluster: false }, undefined],
    ["new Cluster", { isCluster: true }, undefined],
  ] as const
) {
  Deno.test(`RedisLocks asks a client made by ${name} as it wants to be asked`, async () => {
    const { client, asked } = clientOf(kind);
    await using locks = new RedisLocks(client);
    const lease = await locks.acquire("a");
    assertEquals(lease.token, BigInt(token));
    await lease.release();
    for (const args of asked) {
      const command = first === undefined ? args : args.pop() as string[];
      assertEquals(first === undefined ? [] : args, [...first ?? []]);
      assertEquals(command[0], "EVALSHA");
      assertEquals(command[3], "holdfast:{:a}");
    }
    assertEquals(asked.length, 2);
  });
}

for (
  const answer of [
    "LOADING Redis is loading the dataset in memory",
    "CLUSTERDOWN The cluster is down",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "MASTERDOWN Link with MASTER is down",
    "READONLY You can't write against a read only replica.",
    "the socket has been closed",
  ]
) {
  Deno.test(`RedisLocks asks again after: ${answer}`, async () => {
    const { client, asked } = clientOf({}, [new Error(answer)]);
    await using locks = new RedisLocks(client, { lease: 200 });
    const lease = await locks.acquire("a");
    await lease.release();
    assertEquals(asked.length, 3);
  });
}

Deno.test("RedisLocks does not ask again after other answers", async () => {
  const answer = "NOPERM this user has no permissions";
  const { client, asked } = clientOf({}, [new Error(answer)]);
  await using locks = new RedisLocks(client, { lease: 200 });
  await assertRejects(() => locks.acquire("a"), Error, answer);
  await assertEquals(asked.length, 2); // the second gives back what it may have
});
