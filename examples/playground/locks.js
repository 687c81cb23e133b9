// @ts-check
/** What the tasks of a run wait for, and what it says of itself. */

// @ts-types="../../mod.ts"
import { KeyedLock, Lock, RwLock, Semaphore } from "./holdfast.js";

/** @import { Task } from "./tasks.js" */

/**
 * @typedef {object} Locks
 * @property {(task: Task) => Promise<void>} visit
 * @property {(task: Task) => string} waitsAt A part of that line of code.
 * @property {(tasks: Task[]) => Queue[]} queues
 */

/**
 * A lock and its queue, as drawn.
 *
 * @typedef {object} Queue
 * @property {string} name
 * @property {Slot[]} slots
 * @property {string[]} line
 * @property {string} code What the lock says of itself.
 */

/**
 * @typedef {object} Slot
 * @property {"inside" | "reading" | "writing" | "reserved" | "free"} kind
 * @property {string} text
 */

/**
 * @param {Task} task
 * @param {Lock} lock
 */
export async function visit(task, lock) {
  await lock.run(async () => {
    await task.work();
  }, { signal: task.signal });
}

/**
 * @param {Task} task
 * @param {KeyedLock} locks
 */
export async function visitAll(task, locks) {
  const { keys, signal } = task;
  await locks.runAll(keys, async () => {
    await task.work();
  }, { signal });
}

/**
 * @param {Task} task
 * @param {Semaphore} semaphore
 */
export async function visitSome(task, semaphore) {
  const { permits, signal } = task;
  await semaphore.run(async () => {
    await task.work();
  }, { permits, signal });
}

/**
 * @param {Task} task
 * @param {RwLock} lock
 */
export async function readData(task, lock) {
  await lock.read.run(async () => {
    await task.read();
  }, { signal: task.signal });
}

/**
 * @param {Task} task
 * @param {RwLock} lock
 */
export async function writeData(task, lock) {
  await lock.write.run(async () => {
    await task.write();
  }, { signal: task.signal });
}

/** @returns {Locks} */
export function oneLock() {
  const lock = new Lock();
  return {
    visit: (task) => visit(task, lock),
    waitsAt: () => "await lock.run(",
    queues: (tasks) => [{
      name: "The lock",
      slots: slots(tasks, 1),
      line: line(tasks),
      code: `lock.locked is ${lock.locked}\nlock.waiting is ${lock.waiting}`,
    }],
  };
}

/** @returns {Locks} */
export function lockOfEachAccount() {
  const locks = new KeyedLock();
  return {
    visit: (task) => visitAll(task, locks),
    waitsAt: () => "await locks.runAll(",
    queues: (tasks) =>
      ["Ann", "Bob", "Cem"].map((key) => {
        const here = tasks.filter(({ keys }) => keys.includes(key));
        const waiters = line(here);
        // Locked, and nobody inside: the first in line waits for another key.
        const isReserved = locks.isLocked(key) && inside(here).length === 0;
        return {
          name: `${key}’s account`,
          slots: isReserved
            ? [{ kind: "reserved", text: `reserved for ${waiters[0]}` }]
            : slots(here, 1),
          line: waiters,
          code: `locks.isLocked("${key}") is ${locks.isLocked(key)}\n` +
            `locks.waiting("${key}") is ${locks.waiting(key)}`,
        };
      }),
  };
}

/**
 * @param {number} permits
 * @returns {Locks}
 */
export function permitsOf(permits) {
  const semaphore = new Semaphore(permits);
  return {
    visit: (task) => visitSome(task, semaphore),
    waitsAt: () => "await semaphore.run(",
    queues: (tasks) => [{
      name: "The semaphore",
      slots: slots(tasks, permits),
      line: line(tasks),
      code: `semaphore.available is ${semaphore.available}\n` +
        `semaphore.waiting is ${semaphore.waiting}`,
    }],
  };
}

/** @returns {Locks} */
export function readersOrWriter() {
  const lock = new RwLock();
  return {
    visit: (task) => task.writes ? writeData(task, lock) : readData(task, lock),
    waitsAt: ({ writes }) => `await lock.${writes ? "write" : "read"}.run(`,
    queues: (tasks) => [{
      name: "The data",
      slots: slots(tasks, 1),
      line: line(tasks),
      code: `lock.read.waiting is ${lock.read.waiting}\n` +
        `lock.write.waiting is ${lock.write.waiting}`,
    }],
  };
}

/** @param {Task[]} tasks */
const inside = (tasks) => tasks.filter(({ isInside }) => isInside);

/** @param {Task[]} tasks */
const line = (tasks) =>
  tasks.filter(({ state }) => state === "waiting")
    .sort((a, b) => a.place - b.place)
    .map(({ title }) => title);

/**
 * One slot for each permit, taken or free.
 *
 * @param {Task[]} tasks
 * @param {number} count How many there are at least.
 * @returns {Slot[]}
 */
function slots(tasks, count) {
  const taken = inside(tasks).flatMap(({ name, permits, state }) =>
    Array.from(
      { length: permits },
      () => ({ kind: /** @type {Slot["kind"]} */ (state), text: name }),
    )
  );
  const free = Math.max(0, count - taken.length);
  return [...taken, ...Array(free).fill({ kind: "free", text: "free" })];
}
