/**
 * The other process of `remote.ts`. A hold is logged from after it is granted
 * until before it is released, or until it is told of its loss.
 *
 * @module
 */

import { open, type Spec } from "./open.ts";
import { clock, type Line, type Order } from "./orders.ts";
import type { Lease } from "../../across/redis.ts";

const { locks } = await open(JSON.parse(Deno.args[0]!) as Spec);
const leases = new Map<string, Lease>();

function print(line: Line): void {
  const text = JSON.stringify(line) + "\n";
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function enter(key: string, lease: Lease): void {
  const token = lease.token?.toString();
  print({ in: key, at: clock(), ...(token !== undefined && { token }) });
  lease.signal.addEventListener("abort", () => {
    print({ out: key, at: clock() });
  });
  leases.set(key, lease);
}

async function leave(key: string): Promise<void> {
  const lease = leases.get(key);
  leases.delete(key);
  if (lease?.held) print({ out: key, at: clock() });
  await lease?.release();
}

/** Holds some of three keys for a moment, or gives up, over and over. */
async function mix(end: number): Promise<void> {
  while (clock() < end) {
    const keys = ["a", "b", "c"].filter(() => Math.random() < 0.5);
    const limit = Math.random() * 100;
    const options = Math.random() < 0.3
      ? { timeout: limit }
      : Math.random() < 0.3
      ? { signal: AbortSignal.timeout(limit) }
      : {};
    try {
      await using lease = await locks.acquireAll(keys, options);
      const { token } = lease as Lease;
      for (const key of keys) {
        print({ in: key, at: clock(), token: token?.toString() });
      }
      let isTold = false;
      const tell = () => {
        if (!isTold) {
          for (const key of keys) print({ out: key, at: clock() });
        }
        isTold = true;
      };
      lease.signal.addEventListener("abort", tell);
      await pause(Math.random() * 20);
      tell();
    } catch {
      await pause(10); // it gave up, or the engine is out of reach
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function obey(order: Order): Promise<unknown> {
  const { key = "a", time = 0, timeout } = order;
  switch (order.do) {
    case "acquire": {
      const options = timeout === undefined ? {} : { timeout };
      enter(key, await locks.acquire(key, options) as Lease);
      return leases.get(key)!.token?.toString();
    }
    case "try": {
      const lease = await locks.tryAcquire(key);
      if (lease !== undefined) enter(key, lease as Lease);
      return lease !== undefined;
    }
    case "release":
      return await leave(key);
    case "look": {
      const lease = leases.get(key)!;
      const { held } = lease; // asked first
      return { held, aborted: lease.signal.aborted };
    }
    case "contend": {
      let holds = 0;
      const end = clock() + time;
      for (; clock() < end; holds++) {
        enter(key, await locks.acquire(key) as Lease);
        await Promise.resolve();
        await leave(key);
      }
      return holds;
    }
    case "mix":
      await Promise.all([1, 2, 3].map(() => mix(clock() + time)));
      return;
    case "dispose":
      return await locks[Symbol.asyncDispose]();
  }
}

let rest = "";
for await (
  const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    const { id, ...order } = JSON.parse(line) as Order & { id: number };
    obey(order).then(
      (value) => print({ answer: id, value: value ?? null }),
      (error) => print({ answer: id, error: String(error) }),
    );
  }
}
