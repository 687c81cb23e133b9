// @ts-check
/** A time that can stand still, go step by step, and run ahead. */

/** @import { Lane } from "./lane.js" */

/**
 * What is going to happen.
 *
 * @typedef {object} Event
 * @property {number} due In milliseconds since the start.
 * @property {() => void} happen
 * @property {Lane | undefined} lane Who goes on then. Nobody if a limit is over.
 */

/** All that happens in a run happens by this clock, so a run can be repeated. */
export class Clock {
  /** In milliseconds, and whole: a link can say them. */
  now = 0;
  /** How many events have happened. */
  count = 0;
  /** @type {Event[]} The earliest first. */
  #events = [];
  /** @type {Lane | undefined} */
  #last;

  /** When the next event is due, if there is one. */
  get next() {
    return this.#events[0]?.due;
  }

  /** Those who can go on, in the order in which they are going to. */
  get ready() {
    return this.#events.flatMap(({ lane }) => lane ?? []);
  }

  /**
   * @param {number} ms
   * @param {() => void} happen
   * @param {Lane} [lane]
   * @returns A function that takes it back.
   */
  after(ms, happen, lane) {
    const event = { due: this.now + ms, happen, lane };
    this.#events.push(event);
    this.#sort();
    return () => {
      this.#events = this.#events.filter((other) => other !== event);
    };
  }

  /**
   * @param {number} ms
   * @param {Lane} lane Who pauses.
   * @returns {Promise<void>}
   */
  pause(ms, lane) {
    return new Promise((resolve) => this.after(ms, resolve, lane));
  }

  /**
   * Has this lane go on first. Those who come before it each take the turn of
   * the one behind.
   *
   * @param {Lane} lane
   */
  prefer(lane) {
    const chosen = this.#events.find((event) => event.lane === lane);
    if (chosen === undefined) return;
    const turns = this.#events.filter(({ lane }) => lane !== undefined);
    const times = turns.map(({ due }) => due);
    const order = [chosen, ...turns.filter((event) => event !== chosen)];
    order.forEach((event, i) => event.due = times[i] ?? event.due);
    const limits = this.#events.filter(({ lane }) => lane === undefined);
    this.#events = [...order, ...limits];
    this.#sort();
  }

  /** Goes to the next event. The promise resolves when all has come of it. */
  async step() {
    const event = this.#events.shift();
    if (event === undefined) return;
    this.now = Math.max(this.now, event.due);
    this.count++;
    this.#last = event.lane;
    event.happen();
    await promisesSettled();
  }

  /** Says once who went on last, if somebody did. */
  takeLast() {
    const last = this.#last;
    this.#last = undefined;
    return last;
  }

  #sort() {
    this.#events.sort((a, b) => a.due - b.due);
  }
}

/** A message comes only after all promises that can settle have settled. */
export function promisesSettled() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(undefined);
  });
}
