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
  for (const id of ["bank", "deadlock", "once"]) {
    const panel = page.locator(`#${id}`);
    await press(panel, "Run both");
    await page.waitForFunction(`
      [...document.querySelectorAll("#${id} .lanes li")].every((lane) => {
        const { top, bottom } = lane.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      })
    `);
    await panel.getByText("of 300 nothing lost")
      .or(panel.getByText("both went through"))
      .or(panel.getByText("one was enough")).first().waitFor();
  }
}, { viewport: { width: 375, height: 667 }, ...phone });

testPage("a bar shows its text as a whole or not at all", async (page) => {
  for (const id of ["bank", "deadlock", "once"]) {
    await press(page.locator(`#${id}`), "Run both");
  }
  const [whole, part] = await page.waitForFunction(`
    [...document.querySelectorAll(".start")]
      .filter((button) => button.textContent === "Run again").length === 3 &&
    [...document.querySelectorAll(".track span")].reduce((found, bar) => {
      const range = document.createRange();
      range.selectNodeContents(bar);
      const text = range.getBoundingClientRect();
      const box = bar.getBoundingClientRect();
      const isHidden = text.top >= box.bottom;
      const isWhole = text.right <= box.right + 1;
      if (!isHidden) found[isWhole ? 0 : 1].push(bar.textContent);
      return found;
    }, [[], []])
  `).then((found) => found.jsonValue()) as [string[], string[]];
  assertEquals(part, []);
  const balances = whole.filter((text) => /^\d00$/.test(text));
  assertEquals(balances, ["100", "100", "100", "100", "200", "300"]);
}, { viewport: { width: 360, height: 740 }, ...phone });

testPage("a finger can press all that can be pressed", async (page) => {
  const low = () =>
    page.evaluate(`
      [...document.querySelectorAll("a, button, input, select, summary")]
        .filter((element) => element.checkVisibility())
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => element.outerHTML)
    `);
  assertEquals(await low(), []);
  await showAll(page);
  assertEquals(await low(), []);
}, { viewport: { width: 375, height: 667 }, ...phone });

testPage("large text fits a phone", async (page) => {
  await page.addStyleTag({ content: "html { font-size: 200% }" });
  await showAll(page);
  const width = await page.evaluate("document.documentElement.scrollWidth");
  assertEquals(width, 375);
}, { viewport: { width: 375, height: 667 }, ...phone });

testPage("marks neither cover nor move the code on a phone", async (page) => {
  const look = () =>
    page.evaluate(`
      [...document.querySelectorAll("#keys .line")].map((line) => {
        const text = document.createRange();
        text.selectNode(line.firstChild);
        const marks = line.querySelector(".marks").getBoundingClientRect();
        const { right } = text.getBoundingClientRect();
        return [line.offsetHeight, right > marks.left];
      })
    `) as Promise<[height: number, isCovered: boolean][]>;
  const heights = (await look()).map(([height]) => height);
  await keys(page).getByRole("slider", { name: "Tasks" }).fill("8");
  await press(keys(page), "Step", 8);
  await keys(page).locator(".marks b").first().waitFor();
  assertEquals(await look(), heights.map((height) => [height, false]));
}, { viewport: { width: 375, height: 667 }, ...phone });

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
