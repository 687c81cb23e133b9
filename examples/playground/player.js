// @ts-check
/** Starts runs, pauses them, takes them step by step. */

import { readMoves, writeMoves } from "./address.js";
import {
  drawEach,
  enable,
  find,
  keepDrawing,
  makeButton,
  onPress,
  show,
} from "./drawing.js";

/**
 * @import { Move, Run } from "./run.js"
 */

/**
 * What a panel plays.
 *
 * @typedef {object} Play
 * @property {string[]} names The address calls the runs so.
 * @property {(moves: Move[][]) => Run[]} makeRuns
 * @property {number} tail How long the picture goes on after the last event.
 * @property {(runs: Run[], total: number) => void} draw
 * @property {(runs: Run[], state: State) => string} tell What is new, in words.
 */

/** @typedef {"ready" | "running" | "paused" | "over"} State */

const START_TEXTS = { running: "Pause", paused: "Go on", over: "Run again" };

// So many milliseconds pass between two messages while a run goes on. A screen
// reader could not follow if there were more.
const CALM = 900;

/** Plays the runs of a panel. */
export class Player {
  /** @type {State} */
  #state = "ready";
  /** @type {Run[]} */
  #runs = [];
  #total = 0;
  #loop = {};
  #queue = Promise.resolve();
  #measured = Promise.resolve();
  #saidAt = -Infinity;
  #panel;
  #play;
  #start;
  #step;
  #again;
  #startText;

  /**
   * @param {HTMLElement} panel
   * @param {Play} play
   */
  constructor(panel, play) {
    this.#panel = panel;
    this.#play = play;
    this.#start = find(panel, "button", ".start");
    this.#step = find(panel, "button", ".step");
    this.#again = find(panel, "button", ".again");
    this.#startText = this.#start.textContent ?? "";
    onPress(this.#start, () => this.#inTurn(() => this.#pauseOrGoOn()));
    onPress(this.#step, () => this.#inTurn(() => this.#takeStep()));
    onPress(this.#again, () => this.reset());
    this.#prepare(play.names.map((name) => readMoves(panel, name)));
  }

  /** Resolves when all is drawn for the first time. */
  get drawn() {
    return this.#measured;
  }

  /** Ends what goes on, and gets ready for another run. */
  reset() {
    this.#prepare(this.#play.names.map(() => []));
    this.#keepMoves();
  }

  /**
   * Has the visitor step in.
   *
   * @param {number} index Of the run.
   * @param {Move["kind"]} kind
   * @param {number} [lane]
   */
  async make(index, kind, lane) {
    const run = this.#runs[index];
    await run?.make(kind, lane);
    this.#keepMoves();
    await this.#measure();
    this.#saidAt = -Infinity;
    this.#draw();
  }

  /**
   * Handles one press after the other.
   *
   * @param {() => Promise<void>} fn
   */
  #inTurn(fn) {
    this.#queue = this.#queue.then(fn);
  }

  /** @param {Move[][]} moves */
  #prepare(moves) {
    this.#state = "ready";
    this.#runs = this.#play.makeRuns(moves);
    this.#total = 1;
    this.#say("");
    this.#measured = this.#measure();
  }

  #keepMoves() {
    const { names } = this.#play;
    const entries = names.map((name, i) => [name, this.#runs[i]?.moves ?? []]);
    writeMoves(this.#panel, Object.fromEntries(entries));
  }

  /** Finds out how long the runs are going to take, so that the axis fits. */
  async #measure() {
    const runs = this.#runs;
    const twins = this.#play.makeRuns(runs.map(({ moves }) => moves));
    const ends = await Promise.all(twins.map((twin) => twin.finish()));
    if (runs !== this.#runs) return;
    this.#total = Math.max(
      this.#total,
      ...ends.map((end) => end + this.#play.tail),
    );
    this.#draw();
  }

  async #begin() {
    await this.#measured;
    showAllOf(this.#panel);
  }

  async #pauseOrGoOn() {
    if (this.#state === "running") return this.#pause();
    // What the visitor did in the run before is done again.
    if (this.#state === "over") this.#prepare(this.#runs.map((r) => r.moves));
    if (this.#state === "ready") {
      this.#state = "running";
      await this.#begin();
    }
    this.#goOn();
  }

  #pause() {
    this.#state = "paused";
    this.#draw();
    this.#say("Paused. Take a step, or choose who goes on next.");
  }

  #goOn() {
    const runs = this.#runs;
    // After a pause of less than a frame, the loop before it is still there.
    const loop = this.#loop = {};
    this.#state = "running";
    this.#draw();
    keepDrawing(async (ms) => {
      const goesOn = () =>
        runs === this.#runs && loop === this.#loop && this.#state === "running";
      if (!goesOn()) return false;
      await Promise.all(runs.map((run) => {
        return run.advance(Math.min(run.clock.now + ms, this.#total));
      }));
      if (runs === this.#runs) this.#finishIfOver();
      return goesOn();
    });
  }

  async #takeStep() {
    if (this.#state === "ready") await this.#begin();
    this.#state = "paused";
    const runs = this.#runs;
    const next = Math.min(...runs.map(({ clock }) => clock.next ?? Infinity));
    await Promise.all(runs.map((run) => {
      return run.clock.next === next ? run.step() : run.advance(next);
    }));
    await this.#finishIfNothingIsLeft();
  }

  /**
   * @param {number} index Of the run.
   * @param {number} lane
   */
  async #choose(index, lane) {
    await this.make(index, "choose", lane);
    await this.#runs[index]?.step();
    await this.#finishIfNothingIsLeft();
  }

  async #finishIfNothingIsLeft() {
    const runs = this.#runs;
    if (runs.every(({ isOver }) => isOver)) {
      const end = Math.max(...runs.map(({ clock }) => clock.now));
      const time = Math.max(end, this.#play.tail > 0 ? this.#total : 0);
      await Promise.all(runs.map((run) => run.advance(time)));
    }
    this.#finishIfOver();
  }

  #finishIfOver() {
    const isOver = this.#runs.every(({ clock, isOver }) =>
      isOver && (this.#play.tail === 0 || clock.now >= this.#total)
    );
    if (isOver) this.#state = "over";
    this.#draw();
  }

  #draw() {
    const state = this.#state;
    this.#play.draw(this.#runs, this.#total);
    show(this.#start, { ...START_TEXTS, ready: this.#startText }[state]);
    enable(this.#step, state !== "over");
    enable(this.#again, state !== "ready");
    this.#panel.querySelectorAll(".choices").forEach((choices, i) => {
      choices.toggleAttribute("hidden", state !== "paused");
      this.#drawChoices(choices, i);
    });
    this.#tell();
  }

  #tell() {
    const state = this.#state;
    const repeats = this.#runs.some(({ moves }) => moves.length > 0);
    if (state === "ready" && repeats) {
      this.#say("This link contains a run. Start it to see it again.");
    } else if (state !== "running" || performance.now() > this.#saidAt + CALM) {
      this.#say(this.#play.tell(this.#runs, state));
    }
  }

  /**
   * @param {Element} choices
   * @param {number} index Of the run.
   */
  #drawChoices(choices, index) {
    const run = this.#runs[index];
    if (run === undefined) return;
    const { lanes } = run;
    const ready = new Set(run.clock.ready);
    const make = (/** @type {number} */ lane) =>
      makeButton({}, "", () => this.#inTurn(() => this.#choose(index, lane)));
    drawEach(find(choices, "span"), lanes, make, (root, lane) => {
      const button = /** @type {HTMLButtonElement} */ (root);
      show(button, lane.name);
      button.hidden = !lane.acts;
      enable(button, ready.has(lane));
    });
  }

  /** @param {string} text */
  #say(text) {
    if (text === "") return;
    show(find(this.#panel, "p", ".status"), text);
    this.#saidAt = performance.now();
  }
}

/**
 * Scrolls so that what is going to move can be seen, and the code too if there
 * is room for both.
 *
 * @param {HTMLElement} panel
 */
function showAllOf(panel) {
  const stage = find(panel, "div", ".stage");
  const { bottom } = find(stage, "ul", ".legend").getBoundingClientRect();
  const tops = [...panel.querySelectorAll(":scope > .code"), stage];
  const isWhole = (/** @type {Element} */ top) =>
    bottom - top.getBoundingClientRect().top <= innerHeight;
  const top = tops.find(isWhole) ?? stage;
  if (top.getBoundingClientRect().top >= 0 && bottom <= innerHeight) return;
  top.scrollIntoView();
}
