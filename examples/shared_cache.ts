/**
 * A cache that frees its lock between check and store fetches a post twice. A
 * cache with one lock for each post fetches it once, and different posts side by
 * side.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 examples/shared_cache.ts
 * ```
 *
 * The source says of the second request that it hits the cache. It does not: it
 * looks before the first one has stored anything. That form comes first.
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
async function fetchPostCached(postId: number) {
  {
    using _ = await cacheLock.acquire();
    if (cache.has(postId)) return hit(postId);
  }
  const title = await download(postId); // others check here, and miss as well
  using _ = await cacheLock.acquire();
  cache.set(postId, title);
  return title;
}

const posts = new KeyedLock<number>();
async function fetchPost(postId: number) {
  using _ = await posts.acquire(postId);
  if (cache.has(postId)) return hit(postId);
  const title = await download(postId);
  cache.set(postId, title);
  return title;
}

function hit(postId: number) {
  console.log(`Cache hit for post ${postId}`);
  return cache.get(postId);
}

async function download(postId: number) {
  console.log(`Fetching post ${postId}`);
  // Limit a wait inside a lock: everyone else waits for it too.
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${origin}/posts/${postId}`, { signal });
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
  const results = await Promise.all([
    fetchTitle(1),
    fetchTitle(1), // "Second request hits cache"
    fetchTitle(2),
  ]);
  for (const result of results) console.log(result);
  console.log(`Requests: ${requests.sort().join(", ")}`);
}

await server.shutdown();
