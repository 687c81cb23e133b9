// @ts-check
/** A short story that is told twice, side by side: with a flaw and without. */

import { Run } from "./run.js";

/** @import { Lane } from "./lane.js" */

/**
 * @typedef {object} Step
 * @property {string} text
 * @property {string} value What there is then.
 * @property {string} fault What is wrong with that, if anything is.
 */

/**
 * @typedef {object} Result
 * @property {string} before
 * @property {number} value
 * @property {string} after
 * @property {string} verdict Empty until the end.
 * @property {boolean} isBad
 */

/** A run that notes its steps, for a table. */
export class Scenario extends Run {
  /** @type {Step[]} */
  steps = [];

  /** @returns {Result} */
  get result() {
    throw new Error("Each scenario has its own");
  }

  /**
   * @param {Lane} lane
   * @param {string} action
   * @param {string} value
   * @param {string} fault
   */
  note(lane, action, value, fault = "") {
    const text = `${lane.name} ${action}`;
    this.steps.push({ text, value, fault });
    this.news.push(`${text}.`);
  }
}
