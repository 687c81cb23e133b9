/**
 * Looks at the playground on a phone, and at the length of its axes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  keys,
  phone,
  press,
  queue,
  showAll,
  start,
  status,
  testPage,
} from "../../support/playground.ts";

testPage("nothing is wider than a phone", async (page) => {
  const width = () => page.evaluate("document.documentElement.scrollWidth");
  assertEquals(await width(), 360);
  await showAll(page);
  assertEquals(await width(), 360);
}, { viewport: { width: 360, height: 740 }, ...phone });

testPage("a phone shows both sides of a run", async (page) => {
  for (const id of ["bank", "deadlock"]) {
    const panel = page.locator(`#${id}`);
    await press(panel, "Run both");
    await page.waitForFunction(`
      [...document.querySelectorAll("#${id} .lanes li")].every((lane) => {
        const { top, bottom } = lane.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      })
    `);
    await panel.getByText("of 300 nothing lost")
      .or(panel.getByText("both went through")).first().waitFor();
  }
}, { viewport: { width: 375, height: 667 }, ...phone });

testPage("no balance is clipped on a phone", async (page) => {
  const bank = page.locator("#bank");
  await press(bank, "Run both");
  await status(bank, "nothing lost");
  const clipped = await page.evaluate(`
    [...document.querySelectorAll("#bank .track span")]
      .filter((bar) => /\\d/.test(bar.textContent))
      .filter((bar) => bar.scrollWidth > bar.clientWidth + 1)
      .map((bar) => bar.textContent)
  `);
  assertEquals(clipped, []);
}, { viewport: { width: 360, height: 740 }, ...phone });

testPage("the axis fits the run from start to end", async (page) => {
  const total = (panel: string) =>
    page.evaluate(
      `document.querySelector("${panel} .timeline").style.getPropertyValue("--total")`,
    );
  // Task 4 is the longest in the way: it waits for Bob, and Ann for it.
  assertEquals(await total("#keys"), "4000");
  await start(keys(page), { tasks: 6, inside: 0.5 });
  assertEquals(await total("#keys"), "2000");
  await status(keys(page), "All tasks have ended.");
  assertEquals(await total("#keys"), "2000");

  await queue(page).getByRole("combobox", { name: "A wait lasts" })
    .selectOption("0.5 s at most");
  await start(queue(page), { tasks: 8, inside: 0.6 });
  assertEquals(await total("#queue"), "600");
});
