/**
 * Follows links to the playground.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "../../../tools/chromium.ts";
import config from "../../../deno.json" with { type: "json" };
import {
  keys,
  open,
  press,
  queue,
  start,
  status,
  table,
  testPage,
  url,
} from "../../support/playground.ts";

testPage("the address keeps the controls", async (page) => {
  const tasks = queue(page).getByRole("slider", { name: "Tasks" });
  const wish = keys(page).getByRole("combobox", { name: "Task 2" });
  const fails = page.getByRole("checkbox");
  await tasks.fill("3");
  await wish.selectOption("Bob + Cem");
  await fails.check();
  await page.reload();
  assertEquals(await tasks.inputValue(), "3");
  assertEquals(await wish.inputValue(), "Bob + Cem");
  assert(await fails.isChecked());
  await queue(page).getByRole("list", { name: "Timeline" })
    .getByRole("listitem").nth(3).waitFor({ state: "detached" });

  await tasks.fill("5");
  await wish.selectOption("Bob");
  await fails.uncheck();
  assertEquals(new URL(page.url()).search, "");
});

testPage("a link keeps every control and shows the same run", async (page) => {
  for (const range of await page.locator("input[name=tasks]").all()) {
    await range.fill("8");
  }
  for (const range of await page.locator("input[name=inside]").all()) {
    await range.fill("0.4");
  }
  await page.locator("input[name=permits]").fill("2");
  for (const select of await page.locator("select").all()) {
    const index: number = await select.evaluate(
      "(select) => (select.selectedIndex + 1) % select.length",
    );
    await select.selectOption({ index });
  }
  await page.getByRole("checkbox").check();

  const link = page.url();
  const first = await showSteps(page);
  await page.goto("about:blank");
  await open(page, link);
  assertEquals(await showSteps(page), first);
});

/** What the page shows after some steps in each panel. */
async function showSteps(page: Page) {
  for (const panel of await page.locator("section").all()) {
    await press(panel, "Step", 4);
  }
  // The page handles one press after the other: until nothing changes any more.
  for (let before = "";;) {
    const shown: string = await page.evaluate(SHOWN);
    if (shown === before) return JSON.parse(shown);
    before = shown;
  }
}

/** What the page shows after ten frames. */
const SHOWN = `(async () => {
  for (let frames = 0; frames < 10; frames++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return JSON.stringify([
    [...document.querySelectorAll("input, select")]
      .map(({ name, value, checked }) => [name, value, checked]),
    [...document.querySelectorAll("section")]
      .map((section) => section.innerText),
  ]);
})()`;

testPage("a link repeats what was cancelled and added", async (page) => {
  await queue(page).getByRole("slider", { name: "Tasks" }).fill("3");
  await press(queue(page), "Step", 3);
  await press(queue(page), "Cancel Task 2");
  await press(queue(page), "Add a task");
  await press(queue(page), "Go on");
  await status(queue(page), "All tasks have ended.");
  const first = await table(queue(page));

  await page.reload();
  await press(queue(page), "Start");
  await status(queue(page), "All tasks have ended.");
  assertEquals(await table(queue(page)), first);
  assertEquals(first.map((cells) => cells.at(-1)), [
    "done",
    "cancelled",
    "done",
    "done",
  ]);
});

testPage("a link leads to its panel", async (page) => {
  // Not every browser keeps what is in view where it is.
  await page.addInitScript(`
    const style = new CSSStyleSheet();
    style.replaceSync(":root { overflow-anchor: none }");
    document.adoptedStyleSheets = [style];
  `);
  await page.goto("about:blank");
  await open(page, `${url}#semaphore`);
  await page.waitForFunction(`
    Math.abs(semaphore.getBoundingClientRect().top) < 50
  `);
});

testPage("a broken link shows a page that works", async (page) => {
  await page.goto(
    `${url}?queue-tasks=many&queue-timeout=7&keys-wish1=Dan&queue-moves=` +
      "0-0-cancel-99_1-1-choose-99_x_0-1e9-add-0_3-999999999-add-1",
  );
  assertEquals(
    await queue(page).getByRole("combobox").inputValue(),
    "Infinity",
  );
  await start(queue(page), { tasks: 2, inside: 0.2 });
  await status(queue(page), "All tasks have ended.");
});

testPage(
  "a choice avoids the deadlock, and a link repeats it",
  async (page) => {
    const deadlock = page.locator("#deadlock");
    await press(deadlock, "Step");
    const choices = deadlock.getByRole("group", {
      name: "One lock after the other: who goes on next",
    });
    await press(choices, "Transfer 1");
    await status(
      deadlock,
      "Transfer 1 asks for Bob. Transfer 1 pays, and is done.",
    );
    await press(deadlock, "Go on");
    await status(deadlock, "One lock after the other: paid 2 of 2");

    await page.reload();
    await status(deadlock, "This link contains a run.");
    await press(deadlock, "Run both");
    await status(deadlock, "One lock after the other: paid 2 of 2");

    await press(deadlock, "Run again");
    await status(deadlock, "Ann pays Bob while Bob pays Ann.");
    await status(deadlock, "One lock after the other: paid 2 of 2");
    await press(deadlock, "Start over");
    assertEquals(new URL(page.url()).search, "");
    await press(deadlock, "Run both");
    await status(deadlock, "deadlock");
  },
);

testPage("the docs that the page links to exist", async (page) => {
  for (const section of await page.locator("section").all()) {
    const links = await section.locator(".docs a").all();
    assert(links.length > 0);
    for (const link of links) {
      const [, entry = "", name = ""] = `${await link.getAttribute("href")}`
        .match(/^https:\/\/jsr\.io\/@holdfast\/sync\/doc\/(.+)\/~\/(.+)$/) ??
        [];
      const file = new Map(Object.entries(config.exports)).get(`./${entry}`);
      assert(name in await import(import.meta.resolve(`../../../${file}`)));
    }
  }
});
