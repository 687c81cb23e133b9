/** What a guard keeps alive once its hold has ended. */

import { assertEquals } from "@std/assert";
import type { LockGuard } from "../../_core/guard.ts";
import { LockedKeys, MultiKeyRequest } from "../../_core/keys.ts";
import { isCollected } from "../support/gc.ts";

type Table = LockedKeys<unknown>;

/** References to what a table notes of two keys. */
function locked(table: Table): WeakRef<object>[] {
  return ["a", "b"].map((key) => new WeakRef(table.get(key)!));
}

const ways: Record<string, (table: Table) => Promise<LockGuard>> = {
  // deno-lint-ignore require-await
  "did not wait": async (table) =>
    new MultiKeyRequest(table, new Set(["a", "b"])).take(),
  "waited": async (table) => {
    const first = new MultiKeyRequest(table, new Set(["b"])).take();
    const keys = new Set(["a", "b"]);
    const wait = new MultiKeyRequest(table, keys).wait(undefined);
    first.release();
    return await wait;
  },
};

for (const [title, take] of Object.entries(ways)) {
  Deno.test(`the stale guard of a call for several keys that ${title} keeps nothing of them alive`, async () => {
    const table: Table = new LockedKeys(undefined);
    const guard = await take(table);
    const refs = locked(table);
    for (const ref of refs) assertEquals(await isCollected(ref), false);
    guard.release();
    for (const ref of refs) assertEquals(await isCollected(ref), true);
    assertEquals(guard.held, false);
    assertEquals(table.size, 0);
  });
}

Deno.test("a stale guard keeps no key alive", async () => {
  const table: Table = new LockedKeys(undefined);
  let key: object | undefined = {};
  const ref = new WeakRef(key);
  const guard = new MultiKeyRequest(table, new Set([key])).take();
  guard.release();
  key = undefined;
  assertEquals(await isCollected(ref), true);
  assertEquals(guard.held, false);
});
