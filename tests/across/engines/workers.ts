/**
 * Locks between workers, one of which is terminated.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { WebLocks } from "../../../across/workers.ts";

Deno.test("WebLocks: a worker that is terminated frees what it held", async () => {
  await using locks = new WebLocks();
  const module = import.meta.resolve("../../../across/workers.ts");
  const code = `import { WebLocks } from "${module}";
    const locks = new WebLocks();
    await locks.acquire("a");
    locks.acquire("b");
    postMessage("held");`;
  const b = await locks.acquire("b");
  const worker = new Worker(
    URL.createObjectURL(new Blob([code], { type: "text/javascript" })),
    { type: "module" },
  );
  await new Promise((resolve) => worker.onmessage = resolve);
  assertEquals(await locks.tryAcquire("a"), undefined);
  worker.terminate(); // it held one key and waited for another
  const a = await locks.acquire("a", { timeout: 5000 });
  await b.release();
  const again = await locks.acquire("b", { timeout: 5000 });
  await a.release();
  await again.release();
});
