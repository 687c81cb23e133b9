// @ts-check
/** What all runs have in common: a clock, lanes, and what a visitor did. */

import { Clock, promisesSettled } from "./clock.js";

/** @import { Lane } from "./lane.js" */

/**
 * What a visitor did in the middle of a run.
 *
 * @typedef {object} Move
 * @property {"choose" | "cancel" | "add"} kind
 * @property {number} lane The number of the lane. Not used by "add".
 * @property {number} after How many events had happened.
 * @property {number} at At what time, in milliseconds.
 */

/** A run that a link can repeat. */
export class Run {
  clock = new Clock();
  /** @type {Lane[]} */
  lanes = [];
  /** What has happened, in words, until it is taken out. */
  news = /** @type {string[]} */ ([]);
  #moves;
  #made = 0;
  #queue = Promise.resolve();

  /** @param {Move[]} moves What is to be done as it was done before. */
  constructor(moves) {
    this.#moves = [...moves];
  }

  get moves() {
    return this.#moves;
  }

  get started() {
    return this.clock.count > 0 || this.clock.now > 0;
  }

  /** Whether nothing more is going to happen. */
  get isOver() {
    return this.clock.next === undefined;
  }

  /**
   * Has time pass.
   *
   * @param {number} time Until then.
   */
  advance(time) {
    return this.#inTurn(async () => {
      await this.#repeatMoves(time);
      while ((this.clock.next ?? Infinity) <= time) {
        await this.clock.step();
        await this.#repeatMoves(time);
      }
      this.clock.now = Math.max(this.clock.now, time);
    });
  }

  /** Goes to what happens next. */
  step() {
    return this.#inTurn(async () => {
      await this.#repeatMoves(Infinity);
      await this.clock.step();
    });
  }

  /**
   * Goes to the end, at once.
   *
   * @returns How long it has taken by its clock.
   */
  async finish() {
    while (!this.isOver) await this.step();
    return this.clock.now;
  }

  /**
   * Makes a move now, in place of those that were to be repeated later.
   *
   * @param {Move["kind"]} kind
   * @param {number} lane
   */
  make(kind, lane = 0) {
    return this.#inTurn(async () => {
      this.#moves.length = this.#made;
      const { count, now } = this.clock;
      this.#moves.push({ kind, lane, after: count, at: now });
      await this.#repeatMoves(now);
    });
  }

  /** @param {Move} move */
  apply({ kind, lane }) {
    const chosen = this.lanes[lane];
    if (kind === "choose" && chosen) this.clock.prefer(chosen);
  }

  /**
   * Makes the moves that come before the next event.
   *
   * @param {number} time Those after it can wait.
   */
  async #repeatMoves(time) {
    while (true) {
      const move = this.#moves[this.#made];
      if (move === undefined || move.after > this.clock.count) return;
      if (move.at > Math.min(time, this.clock.next ?? time)) return;
      this.clock.now = Math.max(this.clock.now, move.at);
      this.#made++;
      this.apply(move);
      await promisesSettled();
    }
  }

  /**
   * One thing at a time.
   *
   * @param {() => Promise<void>} fn
   */
  #inTurn(fn) {
    return this.#queue = this.#queue.then(fn);
  }
}
