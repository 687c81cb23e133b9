/**
 * The example of a job that moves on when its process is killed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { postgres, redis } from "../engines.ts";

function test(variable: string, url: string): void {
  Deno.test(`examples/one_replica.ts moves on, with ${variable}`, async () => {
    await using stack = new AsyncDisposableStack();
    const lines: string[] = [];
    let heard = () => {};
    const replicas = [1, 2, 3].map(() => {
      const replica = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "examples/one_replica.ts"],
        cwd: new URL("../../../", import.meta.url),
        env: { [variable]: url },
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const reading = (async () => {
        const text = replica.stdout.pipeThrough(new TextDecoderStream());
        for await (const chunk of text) {
          lines.push(...chunk.trim().split("\n"));
          heard();
        }
      })();
      stack.defer(async () => {
        try {
          replica.kill("SIGKILL");
        } catch { /* killed before */ }
        await replica.status;
        await reading;
      });
      return replica;
    });
    const worker = async () => {
      const known = lines.length;
      while (lines.length === known) {
        await new Promise<void>((resolve) => heard = resolve);
      }
      return Number(lines.at(-1)!.match(/\d+/)![0]);
    };
    const first = await worker();
    assertEquals(await worker(), first);
    replicas.find(({ pid }) => pid === first)!.kill("SIGKILL");
    let next = await worker();
    if (next === first) next = await worker(); // what it said before it died
    assert(next !== first);
  });
}

if (redis !== undefined) test("REDIS_URL", `redis://127.0.0.1:${redis.port}`);
if (postgres !== undefined) {
  const at = `127.0.0.1:${postgres.port}`;
  test("DATABASE_URL", `postgres://postgres@${at}/postgres`);
}
