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
 * @param {(index: number) => HTMLElement} make Makes a child.
 * @param {(child: HTMLElement, item: I) => void} draw
 */
export function drawEach(root, items, make, draw) {
  while (root.children.length > items.length) root.lastElementChild?.remove();
  while (root.children.length < items.length) {
    root.append(make(root.children.length));
  }
  items.forEach((item, i) => {
    draw(/** @type {HTMLElement} */ (root.children[i]), item);
  });
}

/**
 * Unlike a disabled button, it keeps the focus if it has it.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} isEnabled
 */
export function enable(button, isEnabled) {
  button.setAttribute("aria-disabled", `${!isEnabled}`);
  button.tabIndex = isEnabled ? 0 : -1;
}

/**
 * Makes a button that does nothing while it is disabled.
 *
 * @param {Record<string, string>} attributes
 * @param {string} text
 * @param {() => void} press
 */
export function makeButton(attributes, text, press) {
  const button = element("button", { type: "button", ...attributes }, text);
  onPress(button, press);
  return button;
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} press
 */
export function onPress(button, press) {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") press();
  });
}

/**
 * Fills an element with what a template of the page holds.
 *
 * @param {HTMLElement} root
 * @param {string} template
 */
export function fill(root, template) {
  const { content } = find(document, "template", `#${template}`);
  root.append(content.cloneNode(true));
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Draws until there is no more to come: each frame, or four times a second
 * if less motion is wanted.
 *
 * @param {(ms: number) => Promise<boolean>} draw Gets the time since it was
 * called last, and says whether there is more to come.
 */
export function keepDrawing(draw) {
  let last = performance.now();
  const again = async () => {
    const ms = Math.floor(performance.now() - last);
    last += ms;
    // While the page is hidden there are no frames, and time stands still.
    if (await draw(Math.min(ms, 500))) next();
  };
  const next = () => {
    if (stillness.matches) setTimeout(again, 250);
    else requestAnimationFrame(again);
  };
  next();
}
