// @ts-check
/** The source of functions that run on this page, and who stands where. */

import { element, show } from "./drawing.js";

/** @import { Lane } from "./lane.js" */

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
      show(marks, here.map(({ name }) => name), (names) => names.map(drawMark));
    }
  }
}

/** @param {string} name */
function drawMark(name) {
  const short = name.split(/[ -]/).at(-1) ?? name;
  return element("b", { title: name }, short);
}
