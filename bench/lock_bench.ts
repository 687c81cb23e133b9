/**
 * `Lock` beside what its work costs at the least. Each iteration does the same
 * thing 1 000 times, so that the loop of the runner does not count.
 */

import { Lock } from "../lock.ts";

const TIMES = 1_000;

/** Has no work of its own to do when it is disposed of. */
class Nothing {
  [Symbol.dispose](): void {}
}

const resolved = Promise.resolve();
const asyncFn = () => resolved;
const syncFn = () => 1;

async function wrapper<T>(fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } finally {
    // Here the lock would be released.
  }
}

function bench(
  group: string,
  name: string,
  times: () => Promise<unknown> | void,
  baseline = false,
): void {
  Deno.bench({ name, group, baseline, fn: async () => void await times() });
}

{
  const group = "acquire and release, uncontended";
  const lock = new Lock();
  bench(group, "await a resolved promise", async () => {
    for (let i = 0; i < TIMES; i++) await resolved;
  }, true);
  bench(group, "guard.release()", async () => {
    for (let i = 0; i < TIMES; i++) (await lock.acquire()).release();
  });
  bench(group, "lock.release()", async () => {
    for (let i = 0; i < TIMES; i++) {
      await lock.acquire();
      lock.release();
    }
  });
  bench(group, "tryAcquire()", () => {
    for (let i = 0; i < TIMES; i++) lock.tryAcquire()?.release();
  });
}

{
  const group = "using, uncontended";
  const lock = new Lock();
  bench(group, "using of a promise's object", async () => {
    for (let i = 0; i < TIMES; i++) {
      using _ = await Promise.resolve(new Nothing());
    }
  }, true);
  bench(group, "using of a lock", async () => {
    for (let i = 0; i < TIMES; i++) {
      using _ = await lock.acquire();
    }
  });
}

{
  const group = "run, uncontended";
  const lock = new Lock();
  bench(group, "async wrapper with try and finally", async () => {
    for (let i = 0; i < TIMES; i++) await wrapper(asyncFn);
  }, true);
  bench(group, "run() of an asynchronous function", async () => {
    for (let i = 0; i < TIMES; i++) await lock.run(asyncFn);
  });
  bench(group, "run() of a synchronous function", async () => {
    for (let i = 0; i < TIMES; i++) await lock.run(syncFn);
  });
}

{
  const group = "ten contenders, with an await inside";
  const lock = new Lock();
  const contend = async (task: () => Promise<void>) => {
    for (let i = 0; i < TIMES; i += 10) {
      await Promise.all(Array.from({ length: 10 }, task));
    }
  };

  let tail = Promise.resolve();
  bench(group, "hand-made promise chain", () =>
    contend(async () => {
      const before = tail;
      let release!: () => void;
      tail = new Promise((resolve) => release = resolve);
      await before;
      await null;
      release();
    }), true);
  bench(group, "acquire() and release()", () =>
    contend(async () => {
      const guard = await lock.acquire();
      await null;
      guard.release();
    }));
  bench(group, "run()", () =>
    contend(() =>
      lock.run(async () => {
        await null;
      })
    ));
}
