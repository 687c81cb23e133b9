import { assertEquals } from "@std/assert";

Deno.test("everything works with frozen built-ins", async () => {
  const script = `
    import { KeyedLock, Lock, once } from "${
    import.meta.resolve("../../mod.ts")
  }";
    for (const it of [Promise, AbortSignal, Map, Set, Object, Array, Error]) {
      Object.freeze(it);
      Object.freeze(it.prototype);
    }
    const lock = new Lock();
    const guard = await lock.acquire();
    const { signal } = new AbortController();
    const next = lock.run(() => 1, { signal, timeout: 10_000 });
    guard.release();
    const keys = new KeyedLock();
    console.log(await next, await keys.runAll(["a"], () => 2), await once(() => 3)());
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  assertEquals(decoder.decode(stdout), "1 2 3\n");
});
