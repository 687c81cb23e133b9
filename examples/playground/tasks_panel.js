// @ts-check
/** Controls of a run of tasks, its queues drawn live, and its timeline. */

import {
  drawEach,
  element,
  find,
  keepDrawing,
  seconds,
  show,
} from "./drawing.js";
import { Run } from "./tasks.js";
import { Timeline } from "./timeline.js";

/**
 * @import { Span } from "./lane.js"
 * @import { Locks, Queue, Task } from "./tasks.js"
 */

/**
 * @param {HTMLElement} panel
 * @param {() => Locks} makeLocks
 */
export function startTasksPanel(panel, makeLocks) {
  const form = find(panel, "form");

  function prepare() {
    const { tasks, inside, timeout } = readControls(form);
    const view = new RunView(panel, new Run(makeLocks(), inside, timeout));
    for (let i = 0; i < tasks; i++) view.add();
    view.draw();
    show(find(panel, "p", ".status"), "Press “Start”.");
    return view;
  }

  let view = prepare();

  form.addEventListener("input", () => {
    // A run that goes on is left alone: the change is for the next one.
    if (view.run.isUnderWay) readControls(form);
    else view = prepare();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const current = view = prepare();
    current.run.start();
    keepDrawing(() => {
      if (current !== view) return false;
      current.draw();
      return current.run.isUnderWay;
    });
  });

  find(form, "button", ".add").addEventListener("click", () => {
    if (view.run.mayGrow) view.add();
  });
}

/** @param {HTMLFormElement} form */
function readControls(form) {
  const data = new FormData(form);
  const tasks = Number(data.get("tasks"));
  const inside = Number(data.get("inside")) * 1000;
  const timeout = Number(data.get("timeout") ?? Infinity);
  show(find(form, "b", ".tasks"), tasks);
  show(find(form, "b", ".inside"), seconds(inside));
  form.querySelectorAll("fieldset label").forEach((label, i) => {
    label.toggleAttribute("hidden", i >= tasks);
  });
  return { tasks, inside, timeout };
}

/** One run as the panel shows it. */
class RunView {
  #panel;
  #timeline;
  /** @type {(() => void)[]} */
  #drawStates = [];

  /**
   * @param {HTMLElement} panel
   * @param {Run} run
   */
  constructor(panel, run) {
    this.#panel = panel;
    this.run = run;
    this.#timeline = new Timeline(
      find(panel, "div", ".timeline"),
      run.timeout === Infinity
        ? ["waiting", "inside", "cancelled"]
        : ["waiting", "inside", "cancelled", "timed out"],
    );
  }

  /** Adds a task with the keys that are chosen for it. */
  add() {
    const chosen = new FormData(find(this.#panel, "form")).getAll("accounts");
    const accounts = chosen[this.run.tasks.length % chosen.length];
    const keys = accounts === undefined
      ? this.run.locks.keys
      : `${accounts}`.split(" + ");
    const task = this.run.add(keys);
    const state = element("span", { class: "state" });
    const button = element(
      "button",
      { type: "button", "aria-label": `Cancel ${task.name}` },
      "Cancel",
    );
    button.addEventListener("click", () => task.cancel());
    this.#timeline.add(task, this.#accountsOf(task).join(), state, button);
    this.#drawStates.push(() => {
      show(state, task.state);
      enable(button, task.state === "waiting");
    });
  }

  draw() {
    const { clock, duration, mayGrow, news, queues, tasks } = this.run;
    this.#timeline.draw(clock.now, duration);
    enable(find(this.#panel, "button", ".add"), mayGrow);
    for (const drawState of this.#drawStates) drawState();
    drawEach(
      find(this.#panel, "div", ".queues"),
      queues,
      makeQueue,
      drawQueue,
    );
    drawEach(
      find(this.#panel, "tbody"),
      tasks,
      () => element("tr"),
      (row, task) => this.#drawRow(row, task),
    );
    if (news.length > 0) {
      show(find(this.#panel, "p", ".status"), news.splice(0).join(" "));
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {Task} task
   */
  #drawRow(row, task) {
    const [wait, inside] = task.spans;
    const cells = [
      ...this.#accountsOf(task),
      length(wait),
      length(inside),
      task.state,
    ];
    show(row, cells, (cells) => [
      element("th", { scope: "row" }, task.name),
      ...cells.map((cell) => element("td", {}, cell)),
    ]);
  }

  /**
   * Nothing where there is but one lock.
   *
   * @param {Task} task
   */
  #accountsOf({ keys }) {
    return this.run.locks.keys.length === 1 ? [] : [keys.join(" + ")];
  }
}

function makeQueue() {
  return element(
    "div",
    { class: "queue" },
    element("h3"),
    element("p", { class: "slot" }),
    element("ol", { "aria-label": "In line" }),
    element("code"),
  );
}

/**
 * @param {HTMLElement} root
 * @param {Queue} queue
 */
function drawQueue(root, queue) {
  const { name, inside, reservedFor, line, isLocked, waiting, code } = queue;
  const slot = find(root, "p");
  slot.dataset.kind = inside ? "inside" : isLocked ? "reserved" : "free";
  show(slot, inside ?? (reservedFor ? `reserved for ${reservedFor}` : "free"));
  show(find(root, "h3"), name);
  show(find(root, "ol"), line, (line) => line.map((t) => element("li", {}, t)));
  const [locked, waits] = code;
  show(find(root, "code"), `${locked} is ${isLocked}\n${waits} is ${waiting}`);
}

/**
 * Unlike a disabled button, it keeps the focus if it has it.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} isEnabled
 */
function enable(button, isEnabled) {
  button.setAttribute("aria-disabled", `${!isEnabled}`);
  button.tabIndex = isEnabled ? 0 : -1;
}

/** @param {Span | undefined} span */
function length(span) {
  return span?.to === undefined ? "" : seconds(span.to - span.from);
}
