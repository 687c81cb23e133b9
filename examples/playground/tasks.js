// @ts-check
/** Tasks that come at once and wait for a lock, or for the locks of keys. */

// @ts-types="../../mod.ts"
import { KeyedLock, Lock } from "./holdfast.js";
import { Clock, Lane, pause } from "./lane.js";

/**
 * @param {Lock} lock
 * @param {Task} task
 */
export async function visit(lock, task) {
  await lock.run(() => task.work(), {
    signal: task.signal, // to cancel it
    timeout: task.timeout,
  });
}

/**
 * @param {KeyedLock} locks
 * @param {Task} task
 */
export async function visitAll(locks, task) {
  const work = () => task.work();
  await locks.runAll(task.keys, work, {
    signal: task.signal,
  });
}

/**
 * What the tasks of a run wait for.
 *
 * @typedef {object} Locks
 * @property {string[]} keys
 * @property {(task: Task) => Promise<void>} visit
 * @property {(key: string) => LockView} view
 */

/**
 * What the lock, or the lock of a key, says of itself.
 *
 * @typedef {object} LockView
 * @property {string} name
 * @property {boolean} isLocked
 * @property {number} waiting
 * @property {[string, string]} code How one asks for the two.
 */

/** @returns {Locks} */
export function oneLock() {
  const lock = new Lock();
  return {
    keys: ["lock"],
    visit: (task) => visit(lock, task),
    view: () => ({
      name: "The lock",
      isLocked: lock.locked,
      waiting: lock.waiting,
      code: ["lock.locked", "lock.waiting"],
    }),
  };
}

/** @returns {Locks} */
export function lockOfEachAccount() {
  const locks = new KeyedLock();
  return {
    keys: ["Ann", "Bob", "Cem"],
    visit: (task) => visitAll(locks, task),
    view: (key) => ({
      name: `${key}’s account`,
      isLocked: locks.isLocked(key),
      waiting: locks.waiting(key),
      code: [`locks.isLocked("${key}")`, `locks.waiting("${key}")`],
    }),
  };
}

/**
 * The queue of a key, as drawn.
 *
 * @typedef {LockView & {
 *   inside: string | undefined,
 *   reservedFor: string | undefined,
 *   line: string[],
 * }} Queue
 */

const MOST_TASKS = 12;

/** Tasks and the locks that they wait for. */
export class Run {
  clock = new Clock();
  /** In the order in which they come. */
  tasks = /** @type {Task[]} */ ([]);
  /** What has happened, in words, until it is taken out. */
  news = /** @type {string[]} */ ([]);

  /**
   * @param {Locks} locks
   * @param {number} inside In milliseconds, as is `timeout`.
   * @param {number} timeout
   */
  constructor(locks, inside, timeout) {
    this.locks = locks;
    this.inside = inside;
    this.timeout = timeout;
  }

  get isUnderWay() {
    return this.clock.started && this.tasks.some(({ ended }) => !ended);
  }

  get mayGrow() {
    return this.isUnderWay && this.tasks.length < MOST_TASKS;
  }

  /** How long it takes at least: the longest queue, one by one. */
  get duration() {
    const lengths = this.locks.keys.map((key) =>
      this.tasks.filter(({ keys }) => keys.includes(key)).length
    );
    return Math.max(...lengths) * this.inside;
  }

  /** @returns {Queue[]} */
  get queues() {
    return this.locks.keys.map((key) => {
      const view = this.locks.view(key);
      const [inside] = this.#tasksAt(key, "inside");
      const line = this.#tasksAt(key, "waiting");
      // Locked, and nobody inside: the first in line waits for another key too.
      const isReserved = view.isLocked && inside === undefined;
      return {
        ...view,
        inside,
        line,
        reservedFor: isReserved ? line[0] : undefined,
      };
    });
  }

  start() {
    this.clock.start();
    for (const task of this.tasks) task.go();
  }

  /** @param {string[]} keys */
  add(keys) {
    const task = new Task(this, keys);
    this.tasks.push(task);
    if (this.clock.started) task.go();
    return task;
  }

  /**
   * @param {string} key
   * @param {string} state
   */
  #tasksAt(key, state) {
    return this.tasks
      .filter((task) => task.state === state && task.keys.includes(key))
      .map(({ name }) => name);
  }
}

/** It waits, is inside, and is done; or gives up waiting. */
export class Task extends Lane {
  #run;
  #controller = new AbortController();

  /**
   * @param {Run} run
   * @param {string[]} keys
   */
  constructor(run, keys) {
    super(`Task ${run.tasks.length + 1}`, run.clock);
    this.#run = run;
    this.keys = keys;
  }

  get signal() {
    return this.#controller.signal;
  }

  get timeout() {
    return this.#run.timeout;
  }

  get ended() {
    return this.spans.at(-1)?.to !== undefined;
  }

  get state() {
    const kind = this.spans.at(-1)?.kind ?? "ready";
    return this.ended && kind === "inside" ? "done" : kind;
  }

  async go() {
    this.begin("waiting");
    try {
      await this.#run.locks.visit(this);
    } catch (error) {
      if (error === this.signal.reason) this.#giveUp("cancelled");
      else if (isTimeout(error)) this.#giveUp("timed out");
      else throw error;
    }
    if (!this.#run.isUnderWay) this.#run.news.push("All tasks have ended.");
  }

  /** What it wants the lock for. */
  async work() {
    this.begin("inside");
    this.#run.news.push(`${this.name} is inside.`);
    await pause(this.#run.inside);
    this.end();
  }

  cancel() {
    if (this.state === "waiting") this.#controller.abort();
  }

  /** @param {"cancelled" | "timed out"} kind */
  #giveUp(kind) {
    this.end({ kind, text: kind });
    this.#run.news.push(`${this.name} has ${GAVE_UP[kind]}.`);
  }
}

/** @param {unknown} error */
function isTimeout(error) {
  return error instanceof DOMException && error.name === "TimeoutError";
}

const GAVE_UP = { cancelled: "been cancelled", "timed out": "timed out" };
