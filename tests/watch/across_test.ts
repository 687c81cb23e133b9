/** A watch sees the locks of `across/`, and not what they are made of. */

import { assertEquals, assertMatch } from "@std/assert";
import { WebLocks } from "../../across/workers.ts";
import { Watching } from "./watching.ts";
import { drainMicrotasks } from "../support/promises.ts";

Deno.test("a watch sees the locks between workers", async () => {
  using watching = new Watching();
  await using locks = new WebLocks();
  const inside = Promise.withResolvers<void>();
  const running = locks.run("a", async () => {
    inside.resolve();
    await locks.acquire("a");
  }).catch(() => {});
  await inside.promise;
  await drainMicrotasks();
  assertEquals(
    watching.watch.holds().map(({ primitive, key }) => [primitive, key]),
    [
      ["WebLocks", "a"],
    ],
  );
  assertEquals(watching.watch.waits().length, 1);
  await watching.pass();
  assertEquals(watching.told, ["reentrant: waiting a, holding a"]);
  assertEquals(
    watching.stalls[0]?.chain.every(({ at }) => at.includes("across_test.ts")),
    true,
  );
  await locks[Symbol.asyncDispose]();
  await running;
  assertEquals(watching.watch.holds(), []);
  assertEquals(watching.watch.waits(), []);
});

Deno.test("a ring over keys of two calls is a deadlock between workers, too", async () => {
  using watching = new Watching();
  await using locks = new WebLocks();
  const inside = [0, 1].map(() => Promise.withResolvers<void>());
  const both = Promise.all(inside.map(({ promise }) => promise));
  const cross = (i: number, mine: string, other: string) =>
    locks.run(mine, async () => {
      inside[i]!.resolve();
      await both;
      await locks.acquireAll([other, "c"]);
    }).catch(() => {});
  const tasks = [cross(0, "a", "b"), cross(1, "b", "a")];
  await both;
  await watching.pass();
  assertEquals(watching.told, [
    "deadlock: waiting b,c, holding b, waiting a,c, holding a",
  ]);
  await locks[Symbol.asyncDispose]();
  await Promise.all(tasks);
});

Deno.test("a watch sees what tryAcquire(), tryAcquireAll() and runAll() take between workers", async () => {
  using watching = new Watching();
  await using locks = new WebLocks();
  await using _one = await locks.tryAcquire("a");
  await using _two = await locks.tryAcquireAll(["b", "c"]);
  await locks.runAll(["d", "e"], () => {
    const held = watching.watch.holds().map(({ key, at }) => [
      String(key),
      at.includes("across_test.ts"),
    ]);
    assertEquals(held, [["a", true], ["b,c", true], ["d,e", true]]);
  });
});

Deno.test("a watch says that what is in the way between workers may be elsewhere", async () => {
  class MyLocks extends WebLocks {}
  await using others = new WebLocks();
  await using locks = new MyLocks();
  const lease = await others.acquire("a");
  using watching = new Watching();
  const waiting = locks.acquire("a");
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting a"]);
  assertMatch(
    watching.stalls[0]!.message,
    /^Cannot acquire key "a" of WebLocks after 1000 ms: what is in its way is elsewhere, or began unwatched\n/,
  );
  await lease.release();
  await (await waiting).release();
});
