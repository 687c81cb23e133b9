// @ts-check
/** Brings the panels of the page to life. */

import { Bank, deposit, depositLocked } from "./bank.js";
import { startComparisonPanel } from "./comparison_panel.js";
import { find } from "./drawing.js";
import {
  lockOfEachAccount,
  oneLock,
  permitsOf,
  readData,
  readersOrWriter,
  visit,
  visitAll,
  visitSome,
  writeData,
} from "./locks.js";
import { askEachTime, askOnce, open, Pages } from "./pages.js";
import { startTasksPanel } from "./tasks_panel.js";
import { allAtOnce, nested, Transfers } from "./transfers.js";

const panel = (/** @type {string} */ id) => find(document, "section", `#${id}`);

const pages = panel("once");
const firstFails = () => find(pages, "input").checked;

await Promise.all([
  startComparisonPanel(panel("bank"), {
    sides: [{
      name: "unlocked",
      title: "Without a lock",
      code: [deposit],
      make: (moves) => new Bank(false, moves),
    }, {
      name: "locked",
      title: "With a lock",
      code: [depositLocked],
      make: (moves) => new Bank(true, moves),
    }],
    kinds: ["unlocked", "waiting", "inside"],
    begins: "Three machines deposit 100 each.",
    valueTitle: "Balance",
  }),

  startTasksPanel(panel("queue"), {
    code: [visit],
    makeLocks: oneLock,
    kinds: ["waiting", "inside", "cancelled", "timed out"],
    wishTitle: "",
    choices: [],
    chosen: [],
  }),

  startTasksPanel(panel("keys"), {
    code: [visitAll],
    makeLocks: lockOfEachAccount,
    kinds: ["waiting", "inside", "cancelled"],
    wishTitle: "Accounts",
    choices: ["Ann", "Bob", "Cem", "Ann + Bob", "Bob + Cem"],
    chosen: ["Ann", "Bob", "Bob", "Ann + Bob", "Ann", "Cem", "Cem", "Bob"],
  }),

  startComparisonPanel(panel("deadlock"), {
    sides: [{
      name: "nested",
      title: "One lock after the other",
      code: [nested],
      make: (moves) => new Transfers(true, moves),
    }, {
      name: "together",
      title: "Both in one step",
      code: [allAtOnce],
      make: (moves) => new Transfers(false, moves),
    }],
    kinds: ["waiting", "inside", "stuck", "held"],
    begins: "Ann pays Bob while Bob pays Ann.",
    valueTitle: "Who holds what",
  }),

  startTasksPanel(panel("semaphore"), {
    code: [visitSome],
    makeLocks: (data) => permitsOf(Number(data.get("permits"))),
    kinds: ["waiting", "inside", "cancelled"],
    wishTitle: "Takes",
    choices: ["1 permit", "2 permits"],
    chosen: [1, 1, 1, 2, 1, 1, 2, 1].map((n) =>
      n > 1 ? "2 permits" : "1 permit"
    ),
  }),

  startTasksPanel(panel("readers"), {
    code: [readData, writeData],
    makeLocks: readersOrWriter,
    kinds: ["waiting", "reading", "writing", "cancelled"],
    wishTitle: "Does",
    choices: ["reads", "writes"],
    chosen: [0, 0, 1, 0, 0, 1, 0, 0].map((n) => n > 0 ? "writes" : "reads"),
  }),

  startComparisonPanel(pages, {
    sides: [{
      name: "each",
      title: "A request for each page",
      code: [askEachTime, open],
      make: (moves) => new Pages(false, firstFails(), moves),
    }, {
      name: "shared",
      title: "One request for all, with once",
      code: [askOnce, open],
      make: (moves) => new Pages(true, firstFails(), moves),
    }],
    kinds: ["waiting", "shown", "failed", "request"],
    begins: "Four pages want the same settings.",
    valueTitle: "Requests",
  }),
]);

find(document, "p", "#not-running").remove();

// The panels have pushed down what the address leads to.
const target = document.getElementById(location.hash.slice(1));
target?.scrollIntoView();
