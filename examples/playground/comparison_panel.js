// @ts-check
/** The same story twice, side by side, on one axis. */

import { keepControls } from "./address.js";
import { Code } from "./code.js";
import { drawEach, element, fill, find, show } from "./drawing.js";
import { Player } from "./player.js";
import { drawLegend, Timeline } from "./timeline.js";

/**
 * @import { Kind } from "./lane.js"
 * @import { Move } from "./run.js"
 * @import { Scenario, Step } from "./scenario.js"
 */

/**
 * @typedef {object} Side
 * @property {string} name The address calls it so.
 * @property {string} title
 * @property {Function[]} code
 * @property {(moves: Move[]) => Scenario} make
 */

/**
 * @typedef {object} Comparison
 * @property {Side[]} sides
 * @property {Kind[]} kinds
 * @property {string} begins What goes on, in words.
 * @property {string} valueTitle
 */

// How long the result can be seen before the axis ends.
const TAIL = 400;

/**
 * @param {HTMLElement} panel
 * @param {Comparison} comparison
 * @returns A promise that resolves when the panel is drawn.
 */
export function startComparisonPanel(panel, comparison) {
  const { sides, kinds, begins, valueTitle } = comparison;
  keepControls(panel);
  fill(find(panel, "div", ".stage"), "comparison");
  const views = sides.map((side) => new SideView(panel, side, valueTitle));
  find(panel, "ul", ".legend").append(...drawLegend(kinds));
  const player = new Player(panel, {
    names: sides.map(({ name }) => name),
    makeRuns: (moves) => sides.map(({ make }, i) => make(moves[i] ?? [])),
    tail: TAIL,
    draw(runs, total) {
      views.forEach((view, i) => {
        view.draw(/** @type {Scenario} */ (runs[i]), total);
      });
    },
    tell(runs, state) {
      const news = runs.map(({ news }) => news.splice(0).join(" "));
      if (state === "ready") return "Press “Run both”, or go step by step.";
      if (state === "running") return begins;
      return views.map((view, i) => {
        const text = state === "over" ? view.outcome : news[i];
        return text && `${view.title}: ${text}`;
      }).join(" ");
    },
  });
  panel.addEventListener("change", () => player.reset());
  return player.drawn;
}

/** One of the two sides. */
class SideView {
  #root = element("article");
  #timeline;
  #code;
  #table;
  #result = "";

  /**
   * @param {HTMLElement} panel
   * @param {Side} side
   * @param {string} valueTitle
   */
  constructor(panel, { title, code }, valueTitle) {
    this.title = title;
    const figure = element("figure", {}, element("figcaption", {}, title));
    const source = element("div");
    figure.append(source);
    find(panel, "div", ".code").append(figure);
    this.#code = new Code(source, code);

    this.#root.setAttribute("aria-label", title);
    fill(this.#root, "side");
    find(panel, "div", ".sides").append(this.#root);
    show(find(this.#root, "h3"), title);
    find(this.#root, "div", ".choices").setAttribute(
      "aria-label",
      `${title}: who goes on next`,
    );
    this.#timeline = new Timeline(find(this.#root, "div", ".timeline"));

    const table = element("div");
    fill(table, "steps");
    find(panel, "div", ".tables").append(table);
    show(find(table, "caption"), `${title}, step by step`);
    show(find(table, "th", ".value"), valueTitle);
    this.#table = find(table, "tbody");
  }

  get outcome() {
    return this.#result;
  }

  /**
   * @param {Scenario} run
   * @param {number} total
   */
  draw({ clock, lanes, result, steps }, total) {
    const { before, value, after, verdict, isBad } = result;
    this.#result = `${before.toLowerCase()} ${value} ${after}, ${verdict}.`;
    this.#timeline.draw(lanes, clock.now, total);
    this.#code.draw(lanes);
    show(find(this.#root, "span", ".before"), before);
    show(find(this.#root, "b", ".number"), value);
    show(find(this.#root, "span", ".after"), after);
    const shown = find(this.#root, "span", ".verdict");
    shown.classList.toggle("bad", isBad);
    show(shown, verdict);
    drawEach(this.#table, steps, () => element("tr"), drawStep);
  }
}

/**
 * @param {HTMLElement} row
 * @param {Step} step
 */
function drawStep(row, step) {
  show(row, step, ({ text, value, fault }) => {
    const mark = fault === "" ? [] : [element("mark", {}, fault)];
    return [
      element("td", {}, text),
      element("td", {}, `${value} `, ...mark),
    ];
  });
}
