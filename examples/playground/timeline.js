// @ts-check
/** Draws lanes over an axis of seconds. */

import { drawEach, element, show } from "./drawing.js";

/** @import { Lane, Span } from "./lane.js" */

const MEANINGS = {
  unlocked: "Inside, with no lock",
  waiting: "Waits",
  inside: "Inside",
  cancelled: "Wait cancelled",
  "timed out": "Wait timed out",
};

/** What tasks do over time. */
export class Timeline {
  #root;
  #list = element("ol", { class: "lanes", "aria-label": "Timeline" });
  #axis = element("div", { class: "axis", "aria-hidden": "true" });
  /** @type {((now: number) => void)[]} */
  #draws = [];

  /**
   * @param {HTMLElement} root
   * @param {(keyof typeof MEANINGS)[]} kinds Those that the legend explains.
   */
  constructor(root, kinds) {
    this.#root = root;
    root.replaceChildren(this.#list, this.#axis, drawLegend(kinds));
  }

  /**
   * Adds a lane below the others.
   *
   * @param {Lane} lane
   * @param {string} note What stands beside its name.
   * @param {Node[]} more What else is in its row.
   */
  add(lane, note = "", ...more) {
    const name = element("p", {}, element("b", {}, lane.name), ` ${note}`);
    // A table says the same in words.
    const track = element("div", { class: "track", "aria-hidden": "true" });
    this.#list.append(element("li", {}, name, track, ...more));
    this.#draws.push((now) => {
      drawEach(track, lane.spans, () => element("span"), (bar, span) => {
        drawBar(bar, span, now);
      });
    });
  }

  /**
   * @param {number} now
   * @param {number} duration What there has to be room for, at least.
   */
  draw(now, duration) {
    const planned = 1.05 * duration; // timers are late
    const total = now <= planned ? planned : Math.ceil(now / 1000) * 1000;
    this.#root.style.setProperty("--total", `${total}`);
    show(this.#axis, total, drawTicks);
    for (const draw of this.#draws) draw(now);
  }
}

/**
 * @param {HTMLElement} bar
 * @param {Span} span
 * @param {number} now
 */
function drawBar(bar, { kind, text, from, to }, now) {
  bar.dataset.kind = kind;
  bar.style.setProperty("--from", `${from}`);
  bar.style.setProperty("--to", `${to ?? now}`);
  show(bar, text);
}

/** @param {number} total */
function drawTicks(total) {
  const step = [500, 1000, 2000, 5000].find((step) => total / step <= 6) ??
    10_000;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => {
    const tick = element("span", {}, `${i * step / 1000} s`);
    tick.style.setProperty("--from", `${i * step}`);
    return tick;
  });
}

/** @param {(keyof typeof MEANINGS)[]} kinds */
function drawLegend(kinds) {
  return element(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    ...kinds.map((kind) =>
      element("li", {}, element("span", { "data-kind": kind }), MEANINGS[kind])
    ),
  );
}
