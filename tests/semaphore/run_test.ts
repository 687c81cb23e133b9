/** `run()` holds its permits while its function runs. */

import { assertEquals } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";
import { settledState } from "../support/promises.ts";

Deno.test("run() starts fn before it returns if the permits are free", async () => {
  const semaphore = new Semaphore(3);
  for (const options of [undefined, { permits: 2 }]) {
    let inside;
    const running = semaphore.run(() => inside = semaphore.available, options);
    assertEquals(inside, options ? 1 : 2);
    assertEquals(semaphore.available, 3);
    await running;
  }
});

Deno.test("run() holds its permits until what fn returns settles", async () => {
  const semaphore = new Semaphore(2);
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = semaphore.run(() => promise, { permits: 2 });
  const next = semaphore.acquire();
  assertEquals(await settledState(running), "pending");
  assertEquals(semaphore.waiting, 1);
  resolve();
  await running;
  assertEquals((await next).held, true);
});
