/**
 * A server with the three mistakes that end in silence.
 *
 * @module
 */

import { Lock } from "../../../mod.ts";
import { type Stall, watchLocks } from "../../../watch.ts";

const lock = new Lock({ name: "forgotten" });
const db = new Lock({ name: "db" });
const [ann, bob] = [new Lock({ name: "Ann" }), new Lock({ name: "Bob" })];
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

const handlers: Record<string, () => Promise<unknown>> = {
  async "/forgotten"() {
    await lock.acquire(); // without `using`
  },
  "/twice": () => db.run(() => db.run(() => {})),
  "/ann": () => ann.run(() => pause().then(() => bob.run(() => {}))),
  "/bob": () => bob.run(() => pause().then(() => ann.run(() => {}))),
};

const stalls: Stall[] = [];
const seen = Promise.withResolvers<void>();
watchLocks({
  stallAfter: 200,
  onStall(stall) {
    stalls.push(stall);
    if (stalls.length === 3) seen.resolve();
  },
});

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen() {},
  async handler(request) {
    await handlers[new URL(request.url).pathname]?.();
    return new Response("done");
  },
});
const url = `http://127.0.0.1:${server.addr.port}`;
const clients = new AbortController();
const get = (path: string) =>
  fetch(url + path, { signal: clients.signal })
    .then((response) => response.text(), () => {});

await get("/forgotten");
const requests = ["/forgotten", "/twice", "/ann", "/bob"].map(get);
await pause();
(globalThis as { gc?(): void }).gc?.();
await seen.promise;
clients.abort();
await Promise.all(requests);
stalls.sort((a, b) => a.kind < b.kind ? -1 : 1);
for (const { message } of stalls) console.log(message);
Deno.exit();
