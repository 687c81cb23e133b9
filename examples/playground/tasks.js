// @ts-check
/** Tasks that come at once and wait for a lock, or for something like it. */

import { Lane } from "./lane.js";
import { Run } from "./run.js";

/**
 * @import { Kind } from "./lane.js"
 * @import { Locks } from "./locks.js"
 * @import { Move } from "./run.js"
 */

/**
 * What the controls say.
 *
 * @typedef {object} Plan
 * @property {number} tasks
 * @property {number} inside In milliseconds, as is `timeout`.
 * @property {number} timeout
 * @property {string[]} wishes What each task wants of the locks.
 */

const MOST_TASKS = 12;

/** Tasks and the locks that they wait for. */
export class TasksRun extends Run {
  /** @type {Task[]} In the order in which they were added. */
  tasks = [];
  /** How many have come so far. */
  come = 0;

  /**
   * @param {Locks} locks
   * @param {Plan} plan
   * @param {Move[]} moves
   */
  constructor(locks, plan, moves) {
    super(moves);
    this.locks = locks;
    this.plan = plan;
    for (let i = 0; i < plan.tasks; i++) this.#add();
  }

  get mayGrow() {
    return this.started && !this.isOver && this.tasks.length < MOST_TASKS;
  }

  get hasEnded() {
    return this.tasks.every(({ ended }) => ended);
  }

  get queues() {
    return this.locks.queues(this.tasks);
  }

  /**
   * @param {Move} move
   * @override
   */
  apply(move) {
    if (move.kind === "add" && this.tasks.length < MOST_TASKS) this.#add();
    else if (move.kind === "cancel") this.tasks[move.lane]?.cancel();
    else super.apply(move);
  }

  #add() {
    const { wishes } = this.plan;
    const number = this.tasks.length;
    const task = new Task(this, number + 1, wishes[number % wishes.length]);
    this.tasks.push(task);
    this.lanes.push(task);
    this.clock.after(0, () => task.go(), task);
  }
}

/** It waits, is inside, and is done; or gives up waiting. */
export class Task extends Lane {
  #run;
  #controller = new AbortController();
  #liftLimit = () => {};
  /** Its place in the order in which the tasks have come. */
  place = 0;

  /**
   * @param {TasksRun} run
   * @param {number} number
   * @param {string} [wish] For example "Ann + Bob", "2 permits", "writes".
   */
  constructor(run, number, wish = "") {
    super(`Task ${number}`, run.clock);
    this.#run = run;
    this.wish = wish;
  }

  /** Its name, and its wish if that makes a difference in the line. */
  get title() {
    return /permits|writes|reads/.test(this.wish)
      ? `${this.name} (${this.wish})`
      : this.name;
  }

  get keys() {
    return this.wish.split(" + ");
  }

  get permits() {
    return Number(/^(\d+) permit/.exec(this.wish)?.[1] ?? 1);
  }

  get writes() {
    return this.wish === "writes";
  }

  get signal() {
    return this.#controller.signal;
  }

  get isInside() {
    return ["inside", "reading", "writing"].includes(this.state);
  }

  get state() {
    const kind = this.spans.at(-1)?.kind ?? "ready";
    const gaveUp = kind === "cancelled" || kind === "timed out";
    return this.ended && !gaveUp ? "done" : kind;
  }

  async go() {
    const { clock, locks, plan } = this.#run;
    this.place = this.#run.come++;
    this.begin("waiting", "waiting", locks.waitsAt(this));
    if (plan.timeout < Infinity) {
      this.#liftLimit = clock.after(plan.timeout, () => this.#giveUp(TOO_LONG));
    }
    try {
      await locks.visit(this);
    } catch (error) {
      if (error !== this.signal.reason) throw error;
      const kind = error === TOO_LONG ? "timed out" : "cancelled";
      this.end({ kind, text: kind });
      this.#run.news.push(`${this.name} has ${GAVE_UP[kind]}.`);
    }
    if (this.#run.hasEnded) this.#run.news.push("All tasks have ended.");
  }

  work() {
    return this.#stay("inside", "await task.work()");
  }

  read() {
    return this.#stay("reading", "await task.read()");
  }

  write() {
    return this.#stay("writing", "await task.write()");
  }

  cancel() {
    if (this.state === "waiting") this.#giveUp();
  }

  /**
   * What it wants the lock for.
   *
   * @param {Kind} kind
   * @param {string} at
   */
  async #stay(kind, at) {
    this.#liftLimit();
    this.begin(kind, kind, at);
    this.#run.news.push(`${this.name} is ${kind}.`);
    await this.#run.clock.pause(this.#run.plan.inside, this);
    this.end();
  }

  /** @param {unknown} [reason] */
  #giveUp(reason) {
    this.#liftLimit();
    this.#controller.abort(reason);
  }
}

const TOO_LONG = new DOMException("It has waited too long", "TimeoutError");
const GAVE_UP = { cancelled: "been cancelled", "timed out": "timed out" };
