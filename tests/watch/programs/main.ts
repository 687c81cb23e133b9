/**
 * Programs that hang, and some that do not. The first argument names one.
 *
 * A hang is to be seen, so they use a watch that reports soon. Those that should
 * not be accused of anything print nothing.
 *
 * @module
 */

import {
  KeyedLock,
  Lock,
  type LockGuard,
  RwLock,
  Semaphore,
} from "../../../mod.ts";
import { watchLocks } from "../../../watch.ts";

const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
/** Time enough for a report. */
const aWhile = () => pause(400);

/** `gc` comes from a flag. */
function collectGarbage(): void {
  const { gc, Bun } = globalThis as {
    gc?(): void;
    Bun?: { gc(isSynchronous: boolean): void };
  };
  if (Bun) Bun.gc(true);
  else gc?.();
}

const programs: Record<string, () => unknown> = {
  async reentrant() {
    const lock = new Lock({ name: "db" });
    const save = () => lock.run(() => "saved");
    void lock.run(async function handle() {
      await pause();
      await save();
    });
    await aWhile();
  },

  /** As in `examples/transfer.ts`, but with `run()`. */
  async transfer() {
    const accounts = new KeyedLock({ name: "accounts" });
    const transfer = (from: string, to: string) =>
      accounts.run(from, async () => {
        await pause();
        await accounts.run(to, () => {});
      });
    void transfer("Ann", "Bob");
    void transfer("Bob", "Ann");
    await aWhile();
  },

  async cycle() {
    const forks = new KeyedLock<number>({ name: "forks" });
    const eat = (left: number, right: number) =>
      forks.run(left, async () => {
        await pause();
        await forks.run(right, () => {});
      });
    for (const i of [0, 1, 2]) void eat(i, (i + 1) % 3);
    await aWhile();
  },

  async upgrade() {
    const lock = new RwLock({ name: "doc" });
    void lock.read.run(async () => {
      await lock.write.run(() => {});
    });
    await aWhile();
  },

  async pool() {
    const pool = new Semaphore(5, { name: "pool" });
    for (let i = 0; i < 5; i++) {
      void pool.run(async () => {
        await pause();
        await pool.run(() => {});
      });
    }
    await aWhile();
  },

  async abandoned() {
    const lock = new Lock({ name: "db" });
    await (async function forget() {
      await lock.acquire();
    })();
    lock.acquire().catch(() => {});
    await pause(10);
    collectGarbage();
    await aWhile();
  },

  async slow() {
    const lock = new Lock({ name: "db" });
    void lock.run(aWhile);
    await lock.run(() => console.log("has its turn"));
  },

  /** The event loop runs empty. */
  empty() {
    const lock = new Lock({ name: "db" });
    void (async function main() {
      const guard = await lock.acquire();
      await lock.acquire();
      guard.release();
    })();
  },

  async timer() {
    const [a, b] = [new Lock(), new Lock()];
    const holding = b.run(aWhile);
    await a.run(() => {
      setTimeout(() => a.run(() => b.run(() => {})), 1);
    });
    await holding;
  },

  async all() {
    const [a, b] = [new Lock(), new Lock()];
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      const locks = i % 2 === 0 ? [a, b] : [b, a];
      const guards = await Promise.all(locks.map((lock) => lock.acquire()));
      await pause(1);
      for (const guard of guards) guard.release();
    }));
  },

  async passed() {
    const lock = new Lock();
    const finish = async (guard: LockGuard) => {
      await pause(10);
      guard.release();
    };
    await Promise.all([1, 2, 3].map(async () => finish(await lock.acquire())));
  },

  async handedOver() {
    const lock = new Lock();
    await lock.acquire();
    const second = lock.acquire();
    await Promise.all([pause(5).then(() => lock.release()), second]);
    lock.release();
  },

  async line() {
    const lock = new Lock();
    let turns = 0;
    const tasks = Array.from({ length: 10_000 }, () =>
      lock.run(async () => {
        await Promise.resolve();
        turns++;
      }));
    await Promise.all(tasks);
    console.log(turns);
  },
};

const { process, Deno: deno } = globalThis as {
  process?: { argv: string[] };
  Deno?: { args: string[] };
};
const [name = ""] = deno?.args ?? process!.argv.slice(2);
// Correct programs may be slow on a busy machine, and their reports be slow.
watchLocks({
  stallAfter: 100,
  onStall: ({ kind, message }) => {
    const isCorrect = ["timer", "all", "passed", "handedOver", "line"]
      .includes(name);
    if (!isCorrect || kind !== "slow") console.log(message);
  },
});
await programs[name]?.();
