/**
 * Opens the playground in Chromium, works it and reads what it shows.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type {
  BrowserContextOptions,
  Locator,
  Page,
} from "../../tools/chromium.ts";
import { answer } from "../../tools/playground.ts";
import { browser, outlived, serve } from "./browser.ts";

export const url = serve(answer);

/** Opens the page. It must not log anything or send requests to another host. */
export function testPage(
  name: string,
  fn: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
) {
  Deno.test(`playground: ${name}`, outlived, async () => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`${error.stack}`));
    page.on("console", (message) => faults.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) faults.push(request.url());
    });
    await open(page);
    await fn(page);
    await context.close();
    assertEquals(faults, []);
  });
}

/** Opens the page, or a link to it, and waits until each panel can start. */
export async function open(page: Page, link = url) {
  await page.goto(link);
  await page.locator("#not-running").waitFor({ state: "detached" });
  // Each panel rehearses its run, to know how long its axis is.
  await page.locator('.timeline:not([style*="--total"])').first()
    .waitFor({ state: "detached" });
}

export const queue = (page: Page) =>
  page.getByRole("region", { name: "First come, first served" });
export const keys = (page: Page) =>
  page.getByRole("region", { name: "A lock for each key" });

/** A phone has a finger, and a screen that is narrow. */
export const phone = { isMobile: true, hasTouch: true };

/** Sets the controls and starts. */
export async function start(
  panel: Locator,
  { tasks, inside }: { tasks: number; inside: number },
) {
  await panel.getByRole("slider", { name: "Tasks" }).fill(`${tasks}`);
  await panel.getByRole("slider", { name: "Time inside" }).fill(`${inside}`);
  await press(panel, "Start");
}

/** Presses a button, or presses it several times. */
export async function press(panel: Locator, name: string, times = 1) {
  const button = panel.getByRole("button", { name, exact: true });
  for (let i = 0; i < times; i++) await button.click();
}

/** Waits until the status shows this text. */
export async function status(panel: Locator, text: string) {
  await panel.getByRole("status").filter({ hasText: text }).waitFor();
}

/** Waits until a queue is drawn with this holder and these waiters. */
export async function line(panel: Locator, ...drawn: string[]) {
  const upToTheCode = new RegExp(
    RegExp.escape(drawn.join("")) + "(lock|semaphore)",
  );
  await panel.locator(".queue", { hasText: upToTheCode }).waitFor();
}

/** Opens the panel and gives the rows of one side's table. */
export async function steps(
  panel: Locator,
  side: string,
): Promise<string[][]> {
  const details = panel.locator("details:not([open]) summary");
  if (await details.count() > 0) await details.click();
  return await rows(
    panel.getByRole("table", { name: `${side}, step by step` }),
  );
}

/** Opens the panel and gives the rows of its table. */
export async function table(panel: Locator): Promise<string[][]> {
  await panel.getByText("The same as a table").click();
  return await rows(panel.getByRole("table"));
}

/** The cells of a table, line by line. */
async function rows(table: Locator): Promise<string[][]> {
  const found = await table.locator("tbody tr").all();
  return await Promise.all(
    found.map((row) => row.locator("th, td").allTextContents()),
  );
}

/** Brings the page into a state that shows all of it. */
export async function showAll(page: Page) {
  await queue(page).getByRole("combobox", { name: "A wait lasts" })
    .selectOption("2.5 s at most");
  await start(queue(page), { tasks: 8, inside: 2 });
  await press(queue(page), "Cancel Task 3");
  await status(queue(page), "has timed out");
  await start(keys(page), { tasks: 8, inside: 2 });
  for (const id of ["readers", "semaphore"]) {
    await press(page.locator(`#${id}`), "Step", 5);
  }
  for (const id of ["deadlock", "once", "bank"]) {
    await press(page.locator(`#${id}`), "Run both");
  }
  for (const summary of await page.getByText("The same as a table").all()) {
    await summary.click();
  }
  await status(page.locator("#bank"), "nothing lost");
}
