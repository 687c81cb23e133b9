// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** What the panels draw with. */

/**
 * Makes an element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * Finds an element that has to be there.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {ParentNode} root
 * @param {T} tag
 * @param {string} selector
 */
export function find(root, tag, selector = "") {
  const found = root.querySelector(tag + selector);
  if (found === null) throw new Error(`Cannot find ${tag}${selector}`);
  return /** @type {HTMLElementTagNameMap[T]} */ (found);
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Has `target` show what `draw` makes of `state`, unless it does already: for
 * each frame that would be much to do, and much for a screen reader to follow.
 *
 * @template S
 * @param {Element} target
 * @param {S} state
 * @param {(state: S) => (Node | string)[]} draw
 */
export function show(target, state, draw = (state) => [`${state}`]) {
  const json = JSON.stringify(state);
  if (shown.get(target) === json) return;
  shown.set(target, json);
  target.replaceChildren(...draw(state));
}

/**
 * Draws each item in a child of its own.
 *
 * @template I
 * @param {Element} root
 * @param {I[]} items
 * @param {() => HTMLElement} make Makes a child.
 * @param {(child: HTMLElement, item: I) => void} draw
 */
export function drawEach(root, items, make, draw) {
  show(root, items.length, () => items.map(make));
  items.forEach((item, i) => {
    draw(/** @type {HTMLElement} */ (root.children[i]), item);
  });
}

/**
 * Shows the source of a function that runs on this page.
 *
 * @param {Function} fn
 */
export function showCode(fn) {
  const target = find(document, "pre", `[data-code=${fn.name}]`);
  target.replaceChildren(element("code", {}, fn.toString()));
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Draws until there is no more to come: each frame, or four times a second
 * where less motion is wanted.
 *
 * @param {() => boolean} draw Says whether there is more to come.
 */
export function keepDrawing(draw) {
  if (!draw()) return;
  const again = () => keepDrawing(draw);
  if (stillness.matches) setTimeout(again, 250);
  else requestAnimationFrame(again);
}
