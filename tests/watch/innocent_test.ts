/** Correct programs are never called re-entrant, deadlocked or abandoned. */

import { assertEquals } from "@std/assert";
import { Lock, type LockGuard } from "../../mod.ts";
import { collectGuards, makeWork, Watching } from "./watching.ts";

Deno.test("another lock taken in a timer that was started inside is no deadlock", async () => {
  using watching = new Watching();
  const [a, b] = [new Lock({ name: "a" }), new Lock({ name: "b" })];
  const { work, end } = makeWork();
  const holding = b.run(() => work);
  let later: Promise<void> | undefined;
  await a.run(() => {
    setTimeout(() => later = b.run(() => {}), 1);
  });
  await watching.pass();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting b, holding b"]);
  end();
  await Promise.all([holding, later]);
});

Deno.test("a run() that has ended is not what a timer of it is inside of", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  let later: Promise<void> | undefined;
  await lock.run(() => {
    setTimeout(() => later = lock.run(() => {}), 1);
  });
  const { work, end } = makeWork();
  const holding = lock.run(() => work);
  await watching.pass();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting db, holding db"]);
  end();
  await Promise.all([holding, later]);
});

Deno.test("a task that waited before the watch is not inside of who let it in", async () => {
  const [a, b] = [new Lock({ name: "a" }), new Lock({ name: "b" })];
  const guard = await a.acquire();
  const unseen = a.run(() => b.run(() => {}));
  const { work, end } = makeWork();
  using watching = new Watching();
  const running = b.run(() => {
    guard.release();
    return work;
  });
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting b, holding b"]);
  end();
  await Promise.all([running, unseen]);
});

Deno.test("two locks taken side by side are no deadlock", async () => {
  using watching = new Watching();
  const [a, b] = [new Lock({ name: "a" }), new Lock({ name: "b" })];
  const guards = [await a.acquire(), await b.acquire()];
  const both = Promise.all([a.acquire(), b.acquire()]);
  const opposite = Promise.all([b.acquire(), a.acquire()]);
  await watching.pass();
  assertEquals(new Set(watching.stalls.map(({ kind }) => kind)).size, 1);
  assertEquals(watching.stalls[0]?.kind, "slow");
  for (const guard of guards) guard.release();
  for (const guard of await both) guard.release();
  for (const guard of await opposite) guard.release();
});

Deno.test("a guard that is passed on is not abandoned", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  const { work, end } = makeWork();
  const passedOn = async (guard: LockGuard) => {
    await work;
    guard.release();
  };
  const holding = lock.acquire().then(passedOn);
  const waiting = lock.run(() => {});
  await collectGuards();
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting db, holding db"]);
  end();
  await Promise.all([holding, waiting]);
});

Deno.test("one task may release what another took", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  const guard = await lock.acquire();
  const { work, end } = makeWork();
  const other = new Lock({ name: "other" });
  const task = other.run(async () => {
    const waiting = lock.acquire();
    guard.release();
    (await waiting).release();
    await work;
  });
  const waiting = other.run(() => {});
  await watching.pass();
  assertEquals(watching.told, ["slow: waiting other, holding other"]);
  end();
  await Promise.all([task, waiting]);
});

Deno.test("10 000 tasks in line are slow, and those who get their turn are not told of", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  const { work, end } = makeWork();
  const holding = lock.run(() => work);
  const tasks = Array.from({ length: 10_000 }, () => lock.run(() => {}));
  await watching.pass();
  assertEquals(watching.stalls.length, 10_000);
  assertEquals(watching.stalls.every(({ kind }) => kind === "slow"), true);
  end();
  await Promise.all([holding, ...tasks]);
  assertEquals(watching.watch.waits(), []);
});

Deno.test("a call that is made inside and not awaited is what the report says", async () => {
  using watching = new Watching();
  const lock = new Lock({ name: "db" });
  const { work, end } = makeWork();
  let later: Promise<void> | undefined;
  const running = lock.run(() => {
    later = lock.run(() => {});
    return work;
  });
  await watching.pass();
  // It cannot know what is awaited, so it says "if".
  assertEquals(watching.told, ["reentrant: waiting db, holding db"]);
  assertEquals(
    /\nIf that run\(\) waits/.test(watching.stalls[0]!.message),
    true,
  );
  end();
  await Promise.all([running, later]);
});
