// @ts-check
/** What somebody does over time, for the timeline to draw. */

/**
 * @typedef {"waiting" | "inside" | "cancelled" | "timed out" | "unlocked"
 *   | "balance"} Kind
 */

/**
 * @typedef {object} Span
 * @property {Kind} kind
 * @property {string} text
 * @property {number} from In milliseconds, as is `to`.
 * @property {number | undefined} to Not there while the span goes on.
 */

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The time since the start. */
export class Clock {
  /** @type {number | undefined} */
  #start;

  start() {
    this.#start = performance.now();
  }

  get started() {
    return this.#start !== undefined;
  }

  /** In milliseconds. */
  get now() {
    return this.#start === undefined ? 0 : performance.now() - this.#start;
  }
}

/** One row of a timeline. One span at most goes on: the last. */
export class Lane {
  /** @type {Span[]} */
  spans = [];
  #clock;

  /**
   * @param {string} name
   * @param {Clock} clock
   */
  constructor(name, clock) {
    this.name = name;
    this.#clock = clock;
  }

  /**
   * Ends the span that goes on, if any, and begins another.
   *
   * @param {Kind} kind
   * @param {string} text
   */
  begin(kind, text = kind) {
    this.end();
    this.spans.push({ kind, text, from: this.#clock.now, to: undefined });
  }

  /** @param {Partial<Span>} change What the span turns out to have been. */
  end(change = {}) {
    const span = this.spans.at(-1);
    if (span !== undefined && span.to === undefined) {
      Object.assign(span, { to: this.#clock.now }, change);
    }
  }
}
