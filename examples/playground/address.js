// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Keeps the state of the page in its address, so that a link shows the same. */

/** @import { Move } from "./run.js" */

/**
 * @param {HTMLElement} panel
 * @param {string} name
 */
const keyOf = (panel, name) => `${panel.id}-${name}`;

/**
 * @param {HTMLElement} panel
 * @param {string} name
 */
function read(panel, name) {
  return new URLSearchParams(location.search).get(keyOf(panel, name));
}

/**
 * @param {HTMLElement} panel
 * @param {Record<string, string>} entries Those that are empty are left out.
 */
function write(panel, entries) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(entries)) {
    if (value === "") url.searchParams.delete(keyOf(panel, name));
    else url.searchParams.set(keyOf(panel, name), value);
  }
  url.hash = panel.id;
  if (url.href !== location.href) history.replaceState(null, "", url);
}

/** @param {HTMLElement} panel */
const controlsOf = (panel) => [
  .../** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */ (
    panel.querySelectorAll("input, select")
  ),
];

/** @param {HTMLInputElement | HTMLSelectElement} control */
const isCheckbox = (control) =>
  control instanceof HTMLInputElement && control.type === "checkbox";

/** @param {HTMLInputElement | HTMLSelectElement} control */
function valueOf(control) {
  if (!isCheckbox(control)) return control.value;
  return /** @type {HTMLInputElement} */ (control).checked ? "on" : "off";
}

/**
 * Sets the controls of a panel as the address says, and has it follow them.
 *
 * @param {HTMLElement} panel
 */
export function keepControls(panel) {
  const controls = controlsOf(panel);
  const defaults = controls.map(valueOf);
  controls.forEach((control, i) => {
    const value = read(panel, control.name);
    if (value === null) return;
    if (isCheckbox(control)) {
      /** @type {HTMLInputElement} */ (control).checked = value === "on";
    } else {
      control.value = value;
      // A list has nothing selected if it lacks the value.
      if (control.value === "") control.value = defaults[i] ?? "";
    }
  });
  panel.addEventListener("change", () => {
    write(
      panel,
      Object.fromEntries(controls.map((control, i) => {
        const value = valueOf(control);
        return [control.name, value === defaults[i] ? "" : value];
      })),
    );
  });
}

const MOVE = /^(\d+)-(\d+)-(choose|cancel|add)-(\d+)$/;

/**
 * @param {HTMLElement} panel
 * @param {string} run
 * @returns {Move[]} The moves that the address has for a run.
 */
export function readMoves(panel, run) {
  return (read(panel, run) ?? "").split("_").flatMap((text) => {
    const [, after, at, kind, lane] = MOVE.exec(text) ?? [];
    if (kind === undefined) return [];
    return [{
      kind: /** @type {Move["kind"]} */ (kind),
      lane: Number(lane),
      after: Number(after),
      at: Number(at),
    }];
  });
}

/**
 * @param {HTMLElement} panel
 * @param {Record<string, Move[]>} runs
 */
export function writeMoves(panel, runs) {
  write(
    panel,
    Object.fromEntries(
      Object.entries(runs).map(([run, moves]) => [
        run,
        moves.map(({ after, at, kind, lane }) =>
          `${after}-${at}-${kind}-${lane}`
        )
          .join("_"),
      ]),
    ),
  );
}
