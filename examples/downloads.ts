/**
 * Fifty pages are downloaded, at most five at a time. A semaphore lets five tasks
 * in, and another one whenever one of them is done.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 examples/downloads.ts
 * ```
 *
 * The server counts how many requests it has at once, and answers none before it
 * has five. Without the semaphore it would have all fifty.
 *
 * @module
 */

import { Semaphore } from "../mod.ts";

const slots = new Semaphore(5);

async function download(url: string) {
  using _ = await slots.acquire();
  // Limit a wait inside a semaphore: everyone else waits for it too.
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return await response.text();
}

let requests = 0;
let peak = 0;
const fiveAtOnce = Promise.withResolvers<void>();

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  async (request) => {
    peak = Math.max(peak, ++requests);
    if (requests === 5) fiveAtOnce.resolve();
    await fiveAtOnce.promise;
    await pause(10);
    requests--;
    return new Response(`Page ${new URL(request.url).pathname.slice(1)}`);
  },
);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const origin = `http://127.0.0.1:${server.addr.port}`;
const urls = Array.from({ length: 50 }, (_, i) => `${origin}/${i + 1}`);

const pages = await Promise.all(urls.map(download));
console.log(`Downloaded ${pages.length}, from ${pages[0]} to ${pages.at(-1)}`);
console.log(`Requests at once: ${peak} at most`);
await server.shutdown();
