/**
 * A server that handles one request at a time for each user, and requests of
 * different users side by side. If a client goes away, its request leaves the
 * queue.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 examples/user_lock_server.ts
 * ```
 *
 * Without the lock, Ann's requests would read the same number of visits. With
 * one lock for all users, Bob would have to wait for Ann.
 *
 * By default, Deno 2 aborts `request.signal` also when an answer has been sent,
 * and warns about it. With the option `no-legacy-abort` in `deno.json`, it aborts
 * only if the client goes away. The lock does not need that option: when an answer
 * has been sent, the wait is over.
 *
 * @module
 */

import { KeyedLock } from "../mod.ts";

/** Each user's lock. */
export const users = new KeyedLock({ name: "users" });

const visits = new Map<string, number>();

/** Counts a visit of the user that the path names. */
export async function handle(request: Request): Promise<Response> {
  const user = new URL(request.url).pathname.slice(1);
  try {
    using _ = await users.acquire(user, { signal: request.signal });
    const before = visits.get(user) ?? 0;
    await pause(10); // what a database takes
    visits.set(user, before + 1);
    return new Response(`${user}: visit ${before + 1}`);
  } catch (error) {
    if (!request.signal.aborted) throw error;
    return new Response(null, { status: 499 }); // nobody reads it
  }
}

/** Serves Bob, and three clients of Ann. One of the three goes away. */
export async function main() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    handle,
  );
  const visit = async (user: string, options?: RequestInit) => {
    const url = `http://127.0.0.1:${server.addr.port}/${user}`;
    return (await fetch(url, options)).text();
  };

  const guard = users.tryAcquire("ann"); // makes her requests wait
  const client = new AbortController();
  const first = visit("ann");
  await annsQueueIs(1);
  const second = visit("ann", { signal: client.signal });
  await annsQueueIs(2);
  const third = visit("ann");
  await annsQueueIs(3);

  console.log(await visit("bob"));
  client.abort("ann: the second client goes away");
  await second.catch(console.log);
  await annsQueueIs(2);

  guard?.release();
  console.log((await Promise.all([first, third])).join("\n"));
  await server.shutdown();
}

async function annsQueueIs(length: number) {
  while (users.waiting("ann") !== length) await pause(1);
  console.log(`ann: ${length} waiting`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

if (import.meta.main) await main();
