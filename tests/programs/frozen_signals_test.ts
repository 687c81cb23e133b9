import { assertEquals } from "@std/assert";

// Future engines may refuse new private fields on frozen objects.
Deno.test("a frozen signal works where V8 seals private fields of frozen objects", async () => {
  const script = `
    import { KeyedLock, Lock, once } from "${
    import.meta.resolve("../../mod.ts")
  }";
    class Base { constructor(object) { return object; } }
    class Field extends Base { #field = 1; }
    try {
      new Field(Object.freeze({}));
      console.log("V8 does not seal them");
    } catch { /* as it should be */ }

    const listeners = new Set();
    let isAborted = false;
    const signal = Object.freeze({
      get aborted() { return isAborted; },
      reason: "gone",
      addEventListener: (_, listener) => listeners.add(listener),
      removeEventListener: (_, listener) => listeners.delete(listener),
    });
    const lock = new Lock();
    const keys = new KeyedLock();
    const guard = await lock.acquire({ signal });
    const others = await keys.acquireAll(["a", "b"], { signal });
    const load = once(() => new Promise(() => {}));
    const first = lock.acquire({ signal });
    const waits = [
      lock.acquire({ signal }),
      keys.acquire("a", { signal }),
      keys.acquireAll(["b", "c"], { signal }),
      load({ signal }),
    ].map((wait) => wait.catch((reason) => reason));
    console.log(listeners.size);
    guard.release();
    const next = await first;
    isAborted = true;
    for (const listener of listeners) listener();
    console.log((await Promise.all(waits)).join(), listeners.size);
    next.release();
    others.release();
    console.log(lock.locked, keys.size, load.state);
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      "--v8-flags=--js-nonextensible-applies-to-private",
      script,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  assertEquals(
    decoder.decode(stdout),
    "1\ngone,gone,gone,gone 0\nfalse 0 idle\n",
  );
});
