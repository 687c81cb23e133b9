/**
 * A watch in Chromium, which has no `AsyncLocalStorage`: it says less, and
 * nothing that is not so.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { launchChromium } from "../../tools/chromium.ts";
import { bundle } from "../../tools/subprocess.ts";
import type { Stall } from "../../watch.ts";

const files = new Map([
  ["/", [
    "text/html",
    '<!DOCTYPE html><script type="module" src="page.js"></script>',
  ]],
  ["/page.js", [
    "text/javascript",
    await bundle("tests/browser/pages/watched.ts"),
  ]],
]);

function answer(request: Request): Response {
  const [type, text] = files.get(new URL(request.url).pathname) ?? [];
  return new Response(text ?? null, {
    status: text === undefined ? 404 : 200,
    headers: { "content-type": type ?? "text/plain" },
  });
}

const browser = await launchChromium();
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  answer,
);
const page = await browser.newPage();
const printed: string[] = [];
page.on("console", (message) => {
  if (message.type() === "warning") printed.push(message.text());
});
await page.goto(`http://127.0.0.1:${server.addr.port}/`);

Deno.test.afterAll(async () => {
  await browser.close();
  await server.shutdown();
});

/** The browser outlives each test. */
function test(name: string, fn: () => Promise<void>): void {
  const options = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name: `Chromium: ${name}`, ...options, fn });
}

/** The report of a lock, as soon as there is one. */
async function stallOf(name: string): Promise<Stall> {
  const report = `stalls.find(({ chain: [wait] }) => wait.name === "${name}")`;
  await page.waitForFunction(report);
  // The stack is not enumerable, so it would be left out.
  return await page.evaluate(`(() => {
    const stall = ${report};
    const chain = stall.chain.map((use) => ({ ...use, stack: use.stack }));
    return { ...stall, chain };
  })()`);
}

test("a lock taken twice is slow, with both stacks", async () => {
  await page.evaluate("void handle()");
  const { kind, chain } = await stallOf("db");
  assertEquals(kind, "slow");
  assertEquals(chain.map(({ state }) => state), ["waiting", "holding"]);
  const [wait, hold] = chain;
  assertMatch(wait!.at, /^save \(page\.js:\d+:\d+\)$/);
  assertMatch(wait!.stack, /^at save .*page\.js:\d+:\d+\)?\nat .*page\.js/);
  assertMatch(hold!.at, /^handle \(page\.js:\d+:\d+\)$/);
});

test("a report is printed unless somebody takes it", async () => {
  while (printed.length === 0) await page.waitForEvent("console");
  assertMatch(
    printed[0]!,
    /^Cannot acquire lock "db" after \d+ ms: it is still held\n/,
  );
});

test("a guard that was lost is abandoned", async () => {
  await page.evaluate("append()");
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await page.evaluate("void append()");
  assertEquals((await stallOf("log")).kind, "abandoned");
});

test("a watch does not listen for what means navigation", async () => {
  assertEquals(await page.evaluate('events.includes("beforeunload")'), false);
});
