// @ts-check
/** Draws lanes over an axis of seconds. */

import { drawEach, element, find, show } from "./drawing.js";

/** @import { Kind, Lane, Span } from "./lane.js" */

/** @type {Partial<Record<Kind, string>>} */
const MEANINGS = {
  unlocked: "Inside, with no lock",
  waiting: "Waits",
  inside: "Inside",
  reading: "Reads",
  writing: "Writes",
  cancelled: "Wait cancelled",
  "timed out": "Wait timed out",
  shown: "Shown",
  request: "Requests under way",
  failed: "Failed",
  stuck: "Waits for ever",
  held: "Lock is held",
};

/** What tasks do over time. */
export class Timeline {
  #root;
  #list = element("ol", { class: "lanes", "aria-label": "Timeline" });
  #axis = element("div", { class: "axis", "aria-hidden": "true" });
  #makeMore;

  /**
   * @param {HTMLElement} root
   * @param {(index: number) => Node[]} makeMore Makes what else is in a lane.
   */
  constructor(root, makeMore = () => []) {
    this.#root = root;
    this.#makeMore = makeMore;
    root.replaceChildren(this.#list, this.#axis);
  }

  /**
   * @template {Lane} L
   * @param {L[]} lanes
   * @param {number} now
   * @param {number} total The length of the axis.
   * @param {(lane: L) => string} [noteOf] Makes what stands beside a name.
   */
  draw(lanes, now, total, noteOf = () => "") {
    this.#root.style.setProperty("--total", `${total}`);
    this.#root.style.setProperty("--now", `${now}`);
    show(this.#axis, total, drawTicks);
    drawEach(this.#list, lanes, (i) => this.#make(i), (root, lane) => {
      show(find(root, "p"), [lane.name, noteOf(lane)], ([name, note]) => [
        element("b", {}, `${name}`),
        ` ${note}`,
      ]);
      const track = find(root, "div", ".track");
      drawEach(track, lane.spans, () => element("span"), (bar, span) => {
        drawBar(bar, span, now);
      });
    });
  }

  /** @param {number} index */
  #make(index) {
    // A table says the same in words.
    const track = element("div", { class: "track", "aria-hidden": "true" });
    return element("li", {}, element("p"), track, ...this.#makeMore(index));
  }
}

/**
 * @param {HTMLElement} bar
 * @param {Span} span
 * @param {number} now
 */
function drawBar(bar, { kind, text, from, to }, now) {
  bar.dataset.kind = kind;
  bar.classList.toggle("open", to === undefined);
  bar.style.setProperty("--from", `${from}`);
  bar.style.setProperty("--to", `${to ?? now}`);
  show(bar, text);
}

/** @param {number} total */
function drawTicks(total) {
  const step = [500, 1000, 2000, 5000].find((step) => total / step <= 5) ??
    10_000;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => {
    const tick = element("span", {}, `${i * step / 1000} s`);
    tick.style.setProperty("--from", `${i * step}`);
    return tick;
  });
}

/** @param {Kind[]} kinds Those that the legend explains. */
export function drawLegend(kinds) {
  return kinds.map((kind) =>
    element(
      "li",
      {},
      element("span", { "data-kind": kind }),
      MEANINGS[kind] ?? kind,
    )
  );
}
