/**
 * A cache that frees its lock between check and store fetches a post twice. A
 * cache with one lock for each post fetches it once, and different posts side by
 * side.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 examples/shared_cache.ts
 * ```
 *
 * The server answers nobody before it is asked for post 2. If that request had to
 * wait for post 1, both would run out of time.
 *
 * Source: Asyncio in Practice, "Async Locks and asyncio.Lock()", "A Realistic
 * Example: Shared Cache".
 *
 * @module
 */

import { KeyedLock, Lock } from "../mod.ts";

const cache = new Map<number, string>();

const cacheLock = new Lock();
async function fetchPostCached(id: number) {
  {
    using _ = await cacheLock.acquire();
    if (cache.has(id)) return hit(id);
  }
  const title = await download(id); // others check here, and miss as well
  using _ = await cacheLock.acquire();
  cache.set(id, title);
  return title;
}

const posts = new KeyedLock<number>();
async function fetchPost(id: number) {
  using _ = await posts.acquire(id);
  if (cache.has(id)) return hit(id);
  const title = await download(id);
  cache.set(id, title);
  return title;
}

function hit(id: number) {
  console.log(`Cache hit for post ${id}`);
  return cache.get(id);
}

async function download(id: number) {
  console.log(`Fetching post ${id}`);
  // Limit a wait inside a lock: everyone else waits for it too.
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${origin}/posts/${id}`, { signal });
  const post: { title: string } = await response.json();
  return post.title;
}

const requests: string[] = [];
let askedForPost2 = Promise.withResolvers<void>();

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  async (request) => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    if (pathname === "/posts/2") askedForPost2.resolve();
    await askedForPost2.promise;
    return Response.json({ title: `Title at ${pathname}` });
  },
);
const origin = `http://127.0.0.1:${server.addr.port}`;

for (const fetchTitle of [fetchPostCached, fetchPost]) {
  cache.clear();
  requests.length = 0;
  askedForPost2 = Promise.withResolvers();

  console.log(`--- ${fetchTitle.name} ---`);
  const titles = [fetchTitle(1), fetchTitle(1), fetchTitle(2)];
  console.log((await Promise.all(titles)).join("\n"));
  console.log(`Requests: ${requests.sort().join(", ")}`);
}

await server.shutdown();
