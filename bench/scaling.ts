/**
 * Checks that time and memory grow with the work and not faster: a wait costs
 * the same however many others wait, and a key however many others are held.
 *
 * ```sh
 * deno run bench/scaling.ts
 * ```
 *
 * @module
 */

import {
  type AcquireOptions,
  KeyedLock,
  Lock,
  type LockGuard,
  RwLock,
  Semaphore,
} from "../mod.ts";
import { watchLocks } from "../watch.ts";
import { collectGarbage } from "../tests/support/gc.ts";
import { drainMicrotasks } from "../tests/support/promises.ts";

interface Check {
  readonly title: string;
  readonly unit: string;
  /** The figure at which the check fails. */
  readonly limit: number;
  measure(): Promise<number>;
}

type Acquire = (options?: AcquireOptions) => Promise<LockGuard>;

/** Measures all, prints the figures, and returns what has failed, in words. */
export async function checkScaling(): Promise<string[]> {
  const failures: string[] = [];
  for (const { title, unit, limit, measure } of checks) {
    const figure = await measure();
    const line = `${title}: ${figure.toFixed(1)} ${unit}, limit ${limit}`;
    console.log(line);
    if (figure >= limit) failures.push(line);
  }
  return failures;
}

async function milliseconds(work: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Has so many wait for a lock in one of the ways, and leave the queue again. */
type Crowd = (acquire: Acquire, count: number) => Promise<void>;

// A wait that nobody handles when it is rejected costs Deno time in proportion
// to the number of such waits. Hence each is caught at once.
const crowds: Record<string, Crowd> = {
  async "are granted"(acquire, count) {
    const guard = await acquire();
    const waits = Array.from(
      { length: count },
      () => acquire().then((guard) => guard.release()),
    );
    guard.release();
    await Promise.all(waits);
  },
  async "give up here and there"(acquire, count) {
    using _ = await acquire();
    const controllers = Array.from(
      { length: 100 },
      () => new AbortController(),
    );
    const waits = Array.from({ length: count }, (_, i) => {
      const { signal } = controllers[i % 100]!;
      return acquire({ signal }).catch(() => {});
    });
    for (const controller of controllers) controller.abort("");
    await Promise.all(waits);
  },
  async "give up together"(acquire, count) {
    using _ = await acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from(
      { length: count },
      () => acquire({ signal }).catch(() => {}),
    );
    controller.abort("");
    await Promise.all(waits);
  },
  async "half give up, half are granted"(acquire, count) {
    const guard = await acquire();
    const [patient, hasty] = [new AbortController(), new AbortController()];
    const waits = Array.from({ length: count }, (_, i) => {
      const { signal } = i % 2 === 0 ? patient : hasty;
      return acquire({ signal }).then((guard) => guard.release(), () => {});
    });
    hasty.abort("");
    guard.release();
    await Promise.all(waits);
  },
};

const acquires: Record<string, () => Acquire> = {
  "Lock.acquire()"() {
    const lock = new Lock();
    return (options) => lock.acquire(options);
  },
  "Semaphore.acquire()"() {
    const semaphore = new Semaphore(1);
    return (options) => semaphore.acquire(options);
  },
  "Semaphore.acquire() of 2 permits"() {
    const semaphore = new Semaphore(3);
    return (options) => semaphore.acquire({ permits: 2, ...options });
  },
  "RwLock.write.acquire()"() {
    const lock = new RwLock();
    return (options) => lock.write.acquire(options);
  },
  "KeyedLock.acquire()"() {
    const lock = new KeyedLock();
    return (options) => lock.acquire("a", options);
  },
  "KeyedLock.acquireAll()"() {
    const lock = new KeyedLock();
    return (options) => lock.acquireAll(["a", "b"], options);
  },
};

/** How much longer a wait among 100 000 takes than one among 1 000, at best. */
async function compareCrowds(
  makeAcquire: () => Acquire,
  crowd: Crowd,
): Promise<number> {
  let ratio = Infinity;
  for (let round = 0; round < 3; round++) {
    // As many waits in all on either side, one soon after the other, so that
    // whatever else the machine does slows both.
    const few = await milliseconds(async () => {
      for (let i = 0; i < 100; i++) await crowd(makeAcquire(), 1_000);
    });
    const many = await milliseconds(() => crowd(makeAcquire(), 100_000));
    ratio = Math.min(ratio, many / few);
  }
  return ratio;
}

/** How much longer keys that come and go take beside others, at best. */
async function compareKeys(hot: number, others: number): Promise<number> {
  let ratio = Infinity;
  for (let round = 0; round < 3; round++) {
    const alone = await milliseconds(comeAndGo(hot, 0));
    const beside = await milliseconds(comeAndGo(hot, others));
    ratio = Math.min(ratio, beside / alone);
  }
  return ratio;
}

/** Has keys come and go by turns while others stay held. */
function comeAndGo(hot: number, others: number): () => void {
  const lock = new KeyedLock<number>();
  for (let key = 0; key < others; key++) lock.tryAcquire(key);
  return () => {
    for (let i = 0; i < 20_000; i++) {
      const key = -1 - i % hot;
      if (lock.isLocked(key)) lock.release(key);
      lock.tryAcquire(key);
    }
    for (let key = -hot; key < 0; key++) lock.release(key);
  };
}

const WAITERS = 30_000;

/** What may have happened to a held lock in the past. */
const pasts: Record<string, (lock: Lock) => Promise<void>> = {
  async "all waiters have left, the first one last"(lock) {
    const controllers = await fill(lock);
    for (const controller of controllers.reverse()) controller.abort("");
  },
  async "all waiters but the last have left"(lock) {
    const controllers = await fill(lock);
    controllers.pop();
    for (const controller of controllers) controller.abort("");
  },
  async "20 always waited while others came and went"(lock) {
    const waits = Array.from({ length: 20 }, () => lock.acquire());
    lock.release();
    for (let i = 0; i < WAITERS; i++) {
      waits.push(lock.acquire());
      (await waits.shift())?.release();
    }
  },
};

/** Has many wait, each with a signal of its own. */
async function fill(lock: Lock): Promise<AbortController[]> {
  const controllers = Array.from(
    { length: WAITERS },
    () => new AbortController(),
  );
  for (const { signal } of controllers) {
    lock.acquire({ signal }).catch(() => {});
  }
  await drainMicrotasks();
  return controllers;
}

/** The bytes that a lock keeps of its past, for each waiter that it had. */
async function keptBytes(past: (lock: Lock) => Promise<void>): Promise<number> {
  const locks = Array.from({ length: 10 }, () => new Lock());
  for (const lock of [new Lock(), ...locks]) lock.tryAcquire();
  const warmUp = new Lock();
  warmUp.tryAcquire();
  await past(warmUp); // V8 allocates for the code
  const before = await heapUsed();
  for (const lock of locks) await past(lock);
  const kept = await heapUsed() - before;
  // The locks have to live until here.
  const { length } = locks.filter((lock) => lock.locked);
  return kept / length / WAITERS;
}

async function heapUsed(): Promise<number> {
  await drainMicrotasks();
  collectGarbage();
  return Deno.memoryUsage().heapUsed;
}

/** How much longer a watch takes to report a wait among many, at best. */
async function compareReports(few: number, many: number): Promise<number> {
  let ratio = Infinity;
  for (let round = 0; round < 3; round++) {
    const slow = await reportsOf(many) / many;
    ratio = Math.min(ratio, slow / (await reportsOf(few) / few));
  }
  return ratio;
}

/** How long it takes to report so many waits behind a ring. */
async function reportsOf(count: number): Promise<number> {
  const { setInterval } = globalThis;
  let look!: () => void;
  // The time of the looks counts, not that between them.
  globalThis.setInterval = ((callback: () => void) => {
    look = callback;
  }) as typeof setInterval;
  const lock = new KeyedLock();
  let reports = 0;
  using _ = watchLocks({ onStall: () => reports++ });
  const tasks = [["a", "b"], ["b", "a"]].map(([mine, other]) =>
    lock.run(mine!, () => drainMicrotasks().then(() => lock.acquire(other!)))
  );
  await drainMicrotasks();
  await drainMicrotasks();
  tasks.push(...Array.from({ length: count }, () => lock.acquire("a")));
  const taken = await milliseconds(() => {
    while (reports <= count) look(); // the ring is one report
  });
  globalThis.setInterval = setInterval;
  lock.cancelAll();
  await Promise.allSettled(tasks);
  return taken;
}

const checks: Check[] = [
  {
    title: "a report of one of 10 000 waits behind a ring",
    unit: "× one of 1 000",
    limit: 2, // 10 if each report looked at all waits
    measure: () => compareReports(1_000, 10_000),
  },
  ...Object.entries(acquires).flatMap(([name, makeAcquire]) =>
    Object.entries(crowds).map(([title, crowd]): Check => ({
      title: `100 000 waiters of ${name} ${title}`,
      unit: "× a wait among 1 000",
      limit: 7, // 10 to 100 if each walked along the queue
      measure: () => compareCrowds(makeAcquire, crowd),
    }))
  ),
  ...[2, 17, 64].map((hot): Check => ({
    title: `${hot} keys that come and go beside 100 000 others`,
    unit: "× with none held",
    limit: 10, // 100 in a plain Map
    measure: () => compareKeys(hot, 100_000),
  })),
  ...Object.entries(pasts).map(([title, past]): Check => ({
    title: `what a lock keeps when ${title}`,
    unit: "bytes a waiter",
    limit: 4, // 8 if a slot stayed
    measure: () => keptBytes(past),
  })),
];

if (import.meta.main) {
  const failures = await checkScaling();
  if (failures.length > 0) {
    console.error(["Grows faster than the work:", ...failures].join("\n"));
    Deno.exitCode = 1;
  }
}
