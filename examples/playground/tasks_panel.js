// @ts-check
/** Controls of a run of tasks, its queues drawn live, and its timeline. */

import { keepControls } from "./address.js";
import { Code } from "./code.js";
import {
  drawEach,
  element,
  enable,
  fill,
  find,
  makeButton,
  onPress,
  seconds,
  show,
} from "./drawing.js";
import { Player } from "./player.js";
import { TasksRun } from "./tasks.js";
import { drawLegend, Timeline } from "./timeline.js";

/**
 * @import { Kind, Span } from "./lane.js"
 * @import { Locks, Queue, Slot } from "./locks.js"
 * @import { Plan, Task } from "./tasks.js"
 */

/**
 * @typedef {object} TasksPanel
 * @property {Function[]} code
 * @property {(data: FormData) => Locks} makeLocks
 * @property {Kind[]} kinds
 * @property {string} wishTitle What a column of the wishes is called.
 * @property {string[]} choices What a task may wish for. May be empty.
 * @property {string[]} chosen What each task wishes for at first.
 */

/**
 * @param {HTMLElement} panel
 * @param {TasksPanel} options
 * @returns A promise that resolves when the panel is drawn.
 */
export function startTasksPanel(panel, options) {
  const form = find(panel, "form");
  addWishes(form, options);
  keepControls(panel);
  const stage = find(panel, "div", ".stage");
  fill(stage, "tasks");
  show(find(panel, "caption"), find(panel, "h2").textContent);
  show(find(panel, "th", ".wish"), options.wishTitle);
  find(panel, "th", ".wish").hidden = options.choices.length === 0;
  find(panel, "ul", ".legend").append(...drawLegend(options.kinds));

  const code = new Code(find(panel, "div", ".code"), options.code);
  const timeline = new Timeline(find(stage, "div", ".timeline"), (i) => [
    element("span", { class: "state" }),
    makeButton(
      { "aria-label": `Cancel Task ${i + 1}` },
      "Cancel",
      () => player.make(0, "cancel", i),
    ),
  ]);
  const add = find(stage, "button", ".add");
  onPress(add, () => player.make(0, "add"));

  const player = new Player(panel, {
    names: ["moves"],
    tail: 0,
    makeRuns: ([moves = []]) => {
      const plan = readControls(form);
      return [new TasksRun(options.makeLocks(new FormData(form)), plan, moves)];
    },
    draw([run], total) {
      const { clock, mayGrow, queues, tasks } = /** @type {TasksRun} */ (run);
      const hasWishes = options.choices.length > 0;
      timeline.draw(tasks, clock.now, total, ({ wish }) => wish);
      stage.querySelectorAll(".lanes > li").forEach((lane, i) => {
        const state = tasks[i]?.state ?? "ready";
        show(find(lane, "span", ".state"), state);
        enable(find(lane, "button"), state === "waiting");
      });
      code.draw(tasks);
      enable(add, mayGrow);
      drawEach(find(stage, "div", ".queues"), queues, makeQueue, drawQueue);
      drawEach(
        find(stage, "tbody"),
        tasks,
        () => element("tr"),
        (row, task) => drawRow(row, task, hasWishes),
      );
    },
    tell([run], state) {
      if (run === undefined) return "";
      if (state === "ready") return "Press “Start”, or go step by step.";
      const news = run.news.splice(0).join(" ");
      const last = /** @type {Task | undefined} */ (run.clock.takeLast());
      // After a step there is always something to say.
      const isStep = state === "paused" && last !== undefined;
      return news || (isStep ? `${last.name} is ${last.state}.` : "");
    },
  });
  // What is drawn has to be what the controls say.
  form.addEventListener("input", () => player.reset());
  return player.drawn;
}

/**
 * @param {HTMLFormElement} form
 * @param {TasksPanel} options
 */
function addWishes(form, { choices, chosen }) {
  const fieldset = form.querySelector("fieldset");
  fieldset?.append(...chosen.map((value, i) => {
    const options = choices.map((choice) => element("option", {}, choice));
    const select = element("select", { name: `wish${i + 1}` }, ...options);
    select.value = value;
    return element("label", {}, element("span", {}, `Task ${i + 1}`), select);
  }));
}

/**
 * @param {HTMLFormElement} form
 * @returns {Plan}
 */
function readControls(form) {
  const data = new FormData(form);
  const tasks = Number(data.get("tasks"));
  const inside = Math.round(Number(data.get("inside")) * 1000);
  const timeout = Number(data.get("timeout") ?? Infinity);
  for (const output of form.querySelectorAll("label b")) {
    const name = output.className;
    const value = name === "inside" ? seconds(inside) : `${data.get(name)}`;
    show(output, value);
    find(form, "input", `[name=${name}]`).setAttribute("aria-valuetext", value);
  }
  form.querySelectorAll("fieldset label").forEach((label, i) => {
    label.toggleAttribute("hidden", i >= tasks);
  });
  const wishes = [...form.querySelectorAll("fieldset select")].map((select) =>
    /** @type {HTMLSelectElement} */ (select).value
  );
  return { tasks, inside, timeout, wishes };
}

/**
 * @param {HTMLElement} row
 * @param {Task} task
 * @param {boolean} hasWishes
 */
function drawRow(row, task, hasWishes) {
  const [wait, inside] = task.spans;
  const wish = hasWishes ? [task.wish] : [];
  const cells = [...wish, length(wait), length(inside), task.state];
  show(row, cells, (cells) => [
    element("th", { scope: "row" }, task.name),
    ...cells.map((cell) => element("td", {}, cell)),
  ]);
}

function makeQueue() {
  return element(
    "div",
    { class: "queue" },
    element("h3"),
    element("div", { class: "slots" }),
    element("ol", { "aria-label": "In line" }),
    element("code"),
  );
}

/**
 * @param {HTMLElement} root
 * @param {Queue} queue
 */
function drawQueue(root, { name, slots, line, code }) {
  const makeSlot = () => element("p", { class: "slot" });
  drawEach(find(root, "div", ".slots"), slots, makeSlot, drawSlot);
  show(find(root, "h3"), name);
  show(find(root, "ol"), line, (line) => line.map((t) => element("li", {}, t)));
  show(find(root, "code"), code);
}

/**
 * @param {HTMLElement} root
 * @param {Slot} slot
 */
function drawSlot(root, { kind, text }) {
  root.dataset.kind = kind;
  show(root, text);
}

/** @param {Span | undefined} span */
function length(span) {
  return span?.to === undefined ? "" : seconds(span.to - span.from);
}
