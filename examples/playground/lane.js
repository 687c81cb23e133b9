// @ts-check
/** What somebody does over time, for the timeline to draw. */

/** @import { Clock } from "./clock.js" */

/**
 * @typedef {"waiting" | "inside" | "reading" | "writing" | "cancelled"
 *   | "timed out" | "unlocked" | "shown" | "request" | "failed" | "balance"
 *   | "stuck" | "held"} Kind
 */

/**
 * @typedef {object} Span
 * @property {Kind} kind
 * @property {string} text
 * @property {number} from In milliseconds, as is `to`.
 * @property {number | undefined} to Not there while the span goes on.
 * @property {string} at A part of the line of code at which it stands.
 */

/** One row of a timeline. One span at most goes on: the last. */
export class Lane {
  /** @type {Span[]} */
  spans = [];
  /** Whether it is somebody who can go on. */
  acts = true;
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
   * @param {string} at
   */
  begin(kind, text, at = "") {
    this.end();
    const from = this.#clock.now;
    this.spans.push({ kind, text, from, to: undefined, at });
  }

  /** @param {Partial<Span>} change What the span turns out to have been. */
  end(change = {}) {
    const span = this.#last;
    if (span !== undefined && span.to === undefined) {
      Object.assign(span, { to: this.#clock.now }, change);
    }
  }

  get ended() {
    return this.#last?.to !== undefined;
  }

  /** A part of the line of code at which it stands, if it stands at one. */
  get at() {
    return this.ended ? "" : this.#last?.at ?? "";
  }

  /** What it says of what goes on, if anything does. */
  get text() {
    return this.ended ? "" : this.#last?.text ?? "";
  }

  /** What it does, or did last. */
  get kind() {
    return this.#last?.kind;
  }

  get #last() {
    return this.spans.at(-1);
  }
}
