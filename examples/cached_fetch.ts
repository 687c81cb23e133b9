/**
 * Two tasks that need the same page make one request, because a lock lets the
 * second wait for the first. A task that does not need the lock does not wait.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 examples/cached_fetch.ts
 * ```
 *
 * The server does not answer until `doWork` is done. If the lock blocked `doWork`,
 * all three would run out of time.
 *
 * Source: "what's Python asyncio.Lock() for?", Stack Overflow 25799576, the
 * first answer (002_4d5797e1a7e327bd.txt, 004_31e71c81b265f56d.txt).
 *
 * @module
 */

import { Lock } from "../mod.ts";

const stuffLock = new Lock();
const cache = new Map<string, string>();

async function getStuff(url: string) {
  using _ = await stuffLock.acquire();
  const cached = cache.get(url);
  if (cached !== undefined) return cached;
  const stuff = await download(url);
  cache.set(url, stuff);
  return stuff;
}

async function download(url: string) {
  // Limit a wait inside a lock: everyone else waits for it too.
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return await response.text();
}

async function parseStuff() {
  console.log(`parseStuff: ${await getStuff(`${origin}/data`)}`);
}

async function useStuff() {
  console.log(`useStuff: ${await getStuff(`${origin}/data`)}`);
}

async function doWork() {
  console.log(`doWork: ${await download(`${origin}/work`)}`);
  workIsDone.resolve();
}

const workIsDone = Promise.withResolvers<void>();
let dataRequests = 0;

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  async (request) => {
    if (!request.url.endsWith("/data")) return new Response("some work");
    dataRequests++;
    await workIsDone.promise;
    return new Response("the data");
  },
);
const origin = `http://127.0.0.1:${server.addr.port}`;

await Promise.all([parseStuff(), useStuff(), doWork()]);
console.log(`Requests for the data: ${dataRequests}`);
await server.shutdown();
