/**
 * What happens between real processes when some of them die or stop. Judged by
 * the intervals that they log, not by what the locks say.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { open, type Spec } from "../open.ts";
import { clock } from "../orders.ts";
import { judge } from "../judge.ts";
import { Remote } from "../remote.ts";
import { engines } from "../engines.ts";

const LEASE = 1000;

function test(
  what: string,
  fn: (spec: Spec, stack: AsyncDisposableStack) => Promise<void>,
  kinds?: RegExp,
): void {
  for (const [name, start] of engines) {
    if (kinds !== undefined && !kinds.test(name)) continue;
    Deno.test(`${name}: ${what}`, async () => {
      await using stack = new AsyncDisposableStack();
      await fn({ ...await start(stack), lease: LEASE }, stack);
    });
  }
}

test("four processes on one key", async (spec, stack) => {
  const remotes = [1, 2, 3, 4].map((i) => stack.use(new Remote(spec, `${i}`)));
  // All are running before any of them starts.
  await Promise.all(
    remotes.map((remote, i) => remote.tell({ do: "try", key: `ready ${i}` })),
  );
  const holds = await Promise.all(
    remotes.map((remote) => remote.tell({ do: "contend", time: 2000 })),
  ) as number[];
  const all = remotes.flatMap(({ intervals }) => intervals);
  judge(all);
  const sum = holds.reduce((a, b) => a + b);
  for (const share of holds) {
    assert(share > sum / 20, `one is starved: ${holds.join()}`);
  }
});

test("SIGKILL of the holder", async (spec, stack) => {
  const holder = stack.use(new Remote(spec, "holder"));
  const waiter = stack.use(new Remote(spec, "waiter"));
  await holder.tell({ do: "acquire" });
  await waiter.tell({ do: "try", key: "ready" });
  const waiting = waiter.tell({ do: "acquire" });
  const killed = clock();
  await holder.kill();
  await waiting;
  const took = clock() - killed;
  judge([...holder.intervals, ...waiter.intervals]);
  const limit = spec.kind === "files"
    ? 500
    : spec.port && /redis/.test(spec.kind)
    ? LEASE + 500
    : 1000;
  assert(took < limit, `it took ${took} ms`);
});

test("SIGKILL of a waiter", async (spec, stack) => {
  const dead = stack.use(new Remote(spec, "dead"));
  const waiter = stack.use(new Remote(spec, "waiter"));
  const { locks } = stack.use(await open(spec));
  await dead.tell({ do: "try", key: "ready" });
  await waiter.tell({ do: "try", key: "ready" });
  const lease = await locks.acquire("a");
  dead.tell({ do: "acquire" }).catch(() => {});
  await dead.tell({ do: "try", key: "later" }); // so it waits by now
  const waiting = waiter.tell({ do: "acquire" });
  await waiter.tell({ do: "try", key: "later too" });
  await dead.kill();
  const freed = clock();
  await lease.release();
  await waiting;
  assert(clock() - freed < 1000, `it took ${clock() - freed} ms`);
});

test("SIGSTOP of the holder past its lease", async (spec, stack) => {
  const holder = stack.use(new Remote(spec, "holder"));
  const next = stack.use(new Remote(spec, "next"));
  const token = BigInt(await holder.tell({ do: "acquire" }) as string);
  await next.tell({ do: "try", key: "ready" });
  holder.signal("SIGSTOP");
  const stopped = clock();
  const fence = BigInt(await next.tell({ do: "acquire" }) as string);
  assert(clock() - stopped > LEASE / 2);
  assert(clock() - stopped < LEASE + 1500, "the lease has not ended in time");
  assert(token < fence, "a late write would not be refused");
  holder.signal("SIGCONT");
  assertEquals(await holder.tell({ do: "look" }), {
    held: false,
    aborted: true,
  });
  await holder.tell({ do: "release" });
  await next.tell({ do: "release" });
  await holder.tell({ do: "acquire", timeout: 10 * LEASE });
}, /Redis|Postgres/);

test("SIGSTOP of a waiter", async (spec, stack) => {
  const stopped = stack.use(new Remote(spec, "stopped"));
  const waiter = stack.use(new Remote(spec, "waiter"));
  const { locks } = stack.use(await open(spec));
  await stopped.tell({ do: "try", key: "ready" });
  await waiter.tell({ do: "try", key: "ready" });
  const lease = await locks.acquire("a");
  stopped.tell({ do: "acquire" }).catch(() => {});
  await stopped.tell({ do: "try", key: "later" });
  const waiting = waiter.tell({ do: "acquire" });
  await waiter.tell({ do: "try", key: "later too" });
  stopped.signal("SIGSTOP");
  const freed = clock();
  await lease.release();
  await waiting;
  assert(clock() - freed < LEASE + 3000, `it took ${clock() - freed} ms`);
}, /Redis|Postgres/);
