// @ts-check
/** The source of functions that run on this page, and who stands where. */

import { element, show } from "./drawing.js";

/** @import { Kind, Lane } from "./lane.js" */

/** Shows functions and marks the lines at which tasks stand. */
export class Code {
  /** @type {{ text: string, root: HTMLElement, marks: HTMLElement }[]} */
  #lines = [];

  /**
   * @param {HTMLElement} root
   * @param {Function[]} fns
   */
  constructor(root, fns) {
    const source = fns.map((fn) => fn.toString()).join("\n\n");
    this.#lines = source.split("\n").map((text) => {
      const marks = element("span", { class: "marks" });
      const root = element("span", { class: "line" }, text, marks, "\n");
      return { text, root, marks };
    });
    const code = element("code", {}, ...this.#lines.map(({ root }) => root));
    root.replaceChildren(element("pre", {}, code));
  }

  /** @param {Lane[]} lanes */
  draw(lanes) {
    for (const { text, root, marks } of this.#lines) {
      const here = lanes.filter(({ at }) => at !== "" && text.includes(at));
      root.classList.toggle("here", here.length > 0);
      show(marks, here.map(markOf), (marks) => inRanges(marks).map(drawMark));
    }
  }
}

/**
 * Tasks at a line that do the same there.
 *
 * @typedef {object} Mark
 * @property {string[]} names
 * @property {string} first The end of a name, as is `last`.
 * @property {string} last
 * @property {Kind | undefined} kind
 */

/**
 * @param {Lane} lane
 * @returns {Mark}
 */
function markOf({ name, kind }) {
  const short = name.split(/[ -]/).at(-1) ?? name;
  return { names: [name], first: short, last: short, kind };
}

/**
 * Makes one mark of neighbours, so that twelve tasks leave room for the code.
 *
 * @param {Mark[]} marks
 */
function inRanges(marks) {
  /** @type {Mark[]} */
  const ranges = [];
  for (const mark of marks) {
    const range = ranges.at(-1);
    const isNext = Number(range?.last) + 1 === Number(mark.first);
    if (range && isNext && range.kind === mark.kind) {
      range.names.push(...mark.names);
      range.last = mark.last;
    } else ranges.push({ ...mark, names: [...mark.names] });
  }
  return ranges;
}

/** @param {Mark} mark */
function drawMark({ names, first, last, kind = "waiting" }) {
  const text = first === last ? first : `${first}–${last}`;
  const title = names.join(", ");
  const attributes = { title, role: "note", "aria-label": title };
  return element("b", { ...attributes, "data-kind": kind }, text);
}
