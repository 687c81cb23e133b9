/**
 * Runs the panels in which tasks wait in line: the queue, the keys, the
 * semaphore, the readers.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  keys,
  line,
  press,
  queue,
  start,
  status,
  table,
  testPage,
} from "../../support/playground.ts";

testPage(
  "tasks go in one by one, in the order in which they came",
  async (page) => {
    await start(queue(page), { tasks: 4, inside: 0.2 });
    await status(queue(page), "All tasks have ended.");
    const tasks = await table(queue(page));
    assertEquals(tasks.map(([task, , , state]) => [task, state]), [
      ["Task 1", "done"],
      ["Task 2", "done"],
      ["Task 3", "done"],
      ["Task 4", "done"],
    ]);
    const waited = tasks.map(([, waited]) => parseFloat(`${waited}`));
    assertEquals(waited, [...new Set(waited)].sort((a, b) => a - b));
  },
);

testPage("the queue shows what the lock says about itself", async (page) => {
  await line(queue(page), "The lock", "free");
  await queue(page).getByText("lock.locked is false lock.waiting is 0")
    .waitFor();
  await start(queue(page), { tasks: 3, inside: 2 });
  await line(queue(page), "The lock", "Task 1", "Task 2", "Task 3");
  await queue(page).getByText("lock.locked is true lock.waiting is 2")
    .waitFor();
});

testPage(
  "a click cancels a waiter, and those behind it move up",
  async (page) => {
    await start(queue(page), { tasks: 3, inside: 2 });
    const cancel = queue(page).getByRole("button", { name: "Cancel Task 2" });
    await cancel.click();
    await status(queue(page), "Task 2 has been cancelled.");
    await line(queue(page), "The lock", "Task 1", "Task 3");
    assert(await cancel.isDisabled());
    const [, second] = await table(queue(page));
    assertEquals(second?.at(-1), "cancelled");
  },
);

testPage(
  "a task that has waited too long gives up, and the holder stays",
  async (page) => {
    await queue(page).getByRole("combobox", { name: "A wait lasts" })
      .selectOption("0.5 s at most");
    await start(queue(page), { tasks: 3, inside: 2 });
    await status(queue(page), "Task 3 has timed out.");
    await line(queue(page), "The lock", "Task 1");
    await status(queue(page), "All tasks have ended.");
    const tasks = await table(queue(page));
    assertEquals(tasks.map((cells) => cells.at(-1)), [
      "done",
      "timed out",
      "timed out",
    ]);
  },
);

testPage(
  "there are as many tasks as chosen, and more when asked for",
  async (page) => {
    const tasks = queue(page).getByRole("slider", { name: "Tasks" });
    const add = queue(page).getByRole("button", { name: "Add a task" });
    const lanes = queue(page).getByRole("list", { name: "Timeline" })
      .getByRole("listitem");
    await tasks.press("End");
    await lanes.nth(7).waitFor();
    await tasks.press("Home");
    await lanes.nth(1).waitFor({ state: "detached" });
    assert(await add.isDisabled());

    await start(queue(page), { tasks: 1, inside: 2 });
    await add.click();
    await line(queue(page), "The lock", "Task 1", "Task 2");
    assertEquals(await lanes.count(), 2);
  },
);

testPage("a change ends the run, so the picture agrees", async (page) => {
  await start(queue(page), { tasks: 2, inside: 2 });
  await line(queue(page), "The lock", "Task 1", "Task 2");
  await queue(page).getByRole("slider", { name: "Tasks" }).fill("3");
  await status(queue(page), "Press “Start”");
  await line(queue(page), "The lock", "free");
  assertEquals(await queue(page).locator(".lanes > li").count(), 3);
  await press(queue(page), "Start");
  await line(queue(page), "The lock", "Task 1", "Task 2", "Task 3");
});

testPage("tasks wait only for tasks with the same key", async (page) => {
  for (const [i, accounts] of ["Ann", "Cem", "Bob + Cem", "Bob"].entries()) {
    await keys(page).getByRole("group", { name: "Accounts of each task" })
      .getByRole("combobox", { name: `Task ${i + 1}` })
      .selectOption(accounts);
  }
  await start(keys(page), { tasks: 4, inside: 2 });
  await line(keys(page), "Ann’s account", "Task 1");
  await line(keys(page), "Cem’s account", "Task 2", "Task 3");
  await line(
    keys(page),
    "Bob’s account",
    "reserved for Task 3",
    "Task 3",
    "Task 4",
  );
  await keys(page).getByText('locks.waiting("Bob") is 2').waitFor();

  await status(keys(page), "Task 3 is inside.");
  await line(keys(page), "Ann’s account", "free");
  await line(keys(page), "Cem’s account", "Task 3");
  await line(keys(page), "Bob’s account", "Task 3", "Task 4");
  const tasks = await table(keys(page));
  assertEquals(tasks.map((cells) => [cells.at(1), cells.at(-1)]), [
    ["Ann", "done"],
    ["Cem", "done"],
    ["Bob + Cem", "inside"],
    ["Bob", "waiting"],
  ]);
});

testPage("a semaphore shows its permits as slots", async (page) => {
  const semaphore = page.locator("#semaphore");
  const [fourth, fifth, ...rest] = [
    "Task 4 (2 permits)",
    "Task 5",
    "Task 6",
    "Task 7 (2 permits)",
  ] as const;
  const drawn = (...queue: string[]) =>
    line(semaphore, "The semaphore", ...queue);
  await drawn("free", "free", "free");
  await press(semaphore, "Step", 7);
  await drawn("Task 1", "Task 2", "Task 3", fourth, fifth, ...rest);
  await press(semaphore, "Step");
  // One permit is free, but the first in line needs two.
  await drawn("Task 2", "Task 3", "free", fourth, fifth, ...rest);
  await semaphore.getByText("semaphore.available is 1").waitFor();
  await press(semaphore, "Step");
  await drawn("Task 3", "Task 4", "Task 4", fifth, ...rest);
});

testPage("a read-write lock lets readers in together", async (page) => {
  const readers = page.locator("#readers");
  const drawn = (...queue: string[]) => line(readers, "The data", ...queue);
  const last = ["Task 6 (writes)", "Task 7 (reads)"];
  const read = ["Task 4 (reads)", "Task 5 (reads)"];
  await press(readers, "Step", 7);
  await drawn("Task 1", "Task 2", "Task 3 (writes)", ...read, ...last);
  await readers.getByText("lock.read.waiting is 3 lock.write.waiting is 2")
    .waitFor();
  await press(readers, "Step", 2);
  await drawn("Task 3", ...read, ...last);
  await press(readers, "Step");
  await drawn("Task 4", "Task 5", ...last);
});
