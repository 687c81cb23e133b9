// @ts-check
/** Brings the panels of the page to life. */

import { startBankPanel } from "./bank_panel.js";
import { element, find, showCode } from "./drawing.js";
import { lockOfEachAccount, oneLock, visit, visitAll } from "./tasks.js";
import { startTasksPanel } from "./tasks_panel.js";

const CHOICES = ["Ann", "Bob", "Cem", "Ann + Bob", "Bob + Cem"];
const CHOSEN = ["Ann", "Bob", "Bob", "Ann + Bob", "Ann", "Cem", "Cem", "Bob"];

for (const fn of [visit, visitAll]) showCode(fn);

const keys = find(document, "section", "#keys");
find(keys, "fieldset").append(...CHOSEN.map((chosen, i) => {
  const options = CHOICES.map((choice) => element("option", {}, choice));
  const select = element("select", { name: "accounts" }, ...options);
  select.value = chosen;
  return element("label", {}, element("span", {}, `Task ${i + 1}`), select);
}));

startBankPanel(find(document, "section", "#bank"));
startTasksPanel(find(document, "section", "#queue"), oneLock);
startTasksPanel(keys, lockOfEachAccount);

find(document, "p", "#not-running").remove();
