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
