/**
 * Pauses a run, goes step by step, and chooses who goes on.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  line,
  press,
  queue,
  start,
  status,
  testPage,
} from "../../support/playground.ts";

testPage("time stands still in a pause", async (page) => {
  const bars = () =>
    page.evaluate(`new Promise((resolve) => {
      const bars = () => document.querySelector("#queue .lanes").innerHTML;
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(bars())));
    })`);
  await start(queue(page), { tasks: 3, inside: 2 });
  await press(queue(page), "Pause");
  const paused = await bars();
  assertEquals(await bars(), paused);
  await press(queue(page), "Go on");
  await status(queue(page), "All tasks have ended.");
});

testPage("the keyboard can choose, and keeps the focus", async (page) => {
  await press(queue(page), "Step", 3);
  const choices = queue(page).getByRole("group", { name: "Who goes on next" });
  const fifth = choices.getByRole("button", { name: "Task 5" });
  await fifth.focus();
  await page.keyboard.press("Enter");
  await line(queue(page), "The lock", "Task 1", "Task 2", "Task 3", "Task 5");
  assertEquals(await fifth.and(page.locator(":focus")).count(), 1);
});

testPage("the code shows where each task stands", async (page) => {
  const bank = page.locator("#bank");
  const lines = () => bank.locator(".line.here").allTextContents();
  await press(bank, "Step", 3);
  await status(bank, "ATM-C reads 0.");
  assertEquals(await lines(), [
    "  await askBank(account);ABC\n",
    "  await lock.run(async () => {BC\n",
    "    await askBank(account);A\n",
  ]);
  await press(bank, "Step", 5);
  await status(bank, "nothing lost");
  assertEquals(await lines(), []);

  for (const id of ["queue", "keys", "semaphore", "readers"]) {
    const panel = page.locator(`#${id}`);
    await press(panel, "Step", 7);
    await status(panel, "Task");
    const [there, marked] = await page.evaluate(`[
      [...document.querySelectorAll("#${id} .lanes > li")].filter((lane) =>
        /waiting|inside|reading|writing/.test(lane.querySelector(".state").innerText)
      ).map((lane) => lane.querySelector("b").innerText),
      [...document.querySelectorAll("#${id} .marks b")]
        .flatMap((mark) => mark.title.split(", ")),
    ]`) as [string[], string[]];
    assert(there.length > 0);
    assertEquals(marked.sort(), there);
  }
});

testPage("each step is told", async (page) => {
  const told = ["inside", "waiting", "waiting"];
  await queue(page).getByRole("slider", { name: "Tasks" }).fill("3");
  for (const [i, state] of told.entries()) {
    await press(queue(page), "Step");
    await status(queue(page), `Task ${i + 1} is ${state}.`);
  }
  await press(queue(page), "Cancel Task 2");
  await status(queue(page), "Task 2 has been cancelled.");
  await press(queue(page), "Step");
  await status(queue(page), "Task 3 is inside.");
});

testPage("neighbours at a line share a mark", async (page) => {
  const marks = () => queue(page).locator(".marks b").allTextContents();
  await press(queue(page), "Step", 5);
  await status(queue(page), "Task 5 is waiting.");
  assertEquals(await marks(), ["2–5", "1"]);
  await press(queue(page), "Cancel Task 3");
  await status(queue(page), "Task 3 has been cancelled.");
  assertEquals(await marks(), ["2", "4–5", "1"]);
});

testPage("the end can be seen until one starts over", async (page) => {
  const deadlock = page.locator("#deadlock");
  const step = deadlock.getByRole("button", { name: "Step" });
  await press(deadlock, "Step", 5);
  await status(deadlock, "each waits for the other");
  await step.click({ force: true });
  await status(deadlock, "each waits for the other");
  await press(deadlock, "Start over");
  await status(deadlock, "Press “Run both”, or go step by step.");
  assert(await step.isEnabled());
});
