/**
 * What `bench/watch.ts` measures. It is bundled with the library, so that each
 * measurement has a copy of both for itself.
 *
 * @module
 */

import { KeyedLock, Lock, Semaphore } from "../mod.ts";

export { watchLocks } from "../watch.ts";

/** Takes and frees something so many times. */
export type Loop = (times: number) => Promise<void>;

const lock = new Lock();
const keys = new KeyedLock();
const semaphore = new Semaphore(5);

/** One task that never has to wait. */
export const loops: Readonly<Record<string, Loop>> = {
  async "acquire()"(times) {
    for (let i = 0; i < times; i++) (await lock.acquire()).release();
  },
  // deno-lint-ignore require-await -- called like the others
  async "tryAcquire()"(times) {
    for (let i = 0; i < times; i++) lock.tryAcquire()?.release();
  },
  async "run()"(times) {
    for (let i = 0; i < times; i++) await lock.run(() => {});
  },
  async "acquire() of a key"(times) {
    for (let i = 0; i < times; i++) (await keys.acquire("a")).release();
  },
  async "acquire() of a permit"(times) {
    for (let i = 0; i < times; i++) (await semaphore.acquire()).release();
  },
};

/** Two tasks, each of which waits for the other each time. */
export async function takeTurns(times: number): Promise<void> {
  await Promise.all([1, 2].map(async () => {
    for (let i = 0; i < times / 2; i++) {
      const guard = await lock.acquire();
      await null;
      guard.release();
    }
  }));
}
