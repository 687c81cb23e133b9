/**
 * Two tasks that need the same page make two requests without a lock, and one
 * with it. A task that does not need the lock does not wait.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 examples/cached_fetch.ts
 * ```
 *
 * The server does not answer until `doWork` is done. If the lock blocked `doWork`,
 * all three would run out of time. One lock for all pages is what the source has.
 * With it, different pages wait for each other: shared_cache.ts has a lock for each.
 *
 * Source: Stack Overflow, "what's Python asyncio.Lock() for?", question
 * 25799576, the first answer.
 *
 * @module
 */

import { Lock } from "../mod.ts";

const cache = new Map<string, string>();

async function getStuffWithoutLock(url: string) {
  const cached = cache.get(url);
  if (cached !== undefined) return cached;
  const stuff = await request(url); // others look here, and miss as well
  cache.set(url, stuff);
  return stuff;
}

const stuffLock = new Lock();

async function getStuff(url: string) {
  using _ = await stuffLock.acquire();
  return await getStuffWithoutLock(url);
}

async function request(url: string) {
  // Limit a wait inside a lock: everyone else waits for it too.
  const signal = AbortSignal.timeout(10_000);
  return await (await fetch(`${origin}/${url}`, { signal })).text();
}

async function parseStuff(get: typeof getStuff) {
  const stuff = await get("www.example.com/data");
  return `parseStuff: ${stuff}`;
}

async function useStuff(get: typeof getStuff) {
  const stuff = await get("www.example.com/data");
  return `useStuff: ${stuff}`;
}

async function doWork() {
  const out = await request("www.awebsite.com");
  workIsDone.resolve();
  return `doWork: ${out}`;
}

let workIsDone = Promise.withResolvers<void>();
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

for (const get of [getStuffWithoutLock, getStuff]) {
  console.log(`--- ${get.name} ---`);
  cache.clear();
  dataRequests = 0;
  workIsDone = Promise.withResolvers();
  const tasks = [parseStuff(get), useStuff(get), doWork()];
  console.log((await Promise.all(tasks)).join("\n"));
  console.log(`Requests for the data: ${dataRequests}`);
}
await server.shutdown();
