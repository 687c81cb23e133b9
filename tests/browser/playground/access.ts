/**
 * Works the playground by keyboard, and looks at it with the eyes of people who
 * see, move or touch in another way.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  line,
  press,
  queue,
  showAll,
  start,
  status,
  testPage,
  url,
} from "../../support/playground.ts";
import { browser, outlived, violations } from "../../support/browser.ts";
import type { Locator } from "../../../tools/chromium.ts";

testPage(
  "the keyboard can cancel a waiter, and keeps the focus",
  async (page) => {
    async function tabTo(button: Locator) {
      const focused = button.and(page.locator(":focus"));
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press("Tab");
        if (await focused.count() === 1) return focused;
      }
      throw new Error(`Cannot reach ${button} by keyboard`);
    }
    await queue(page).getByRole("slider", { name: "Time inside" }).press("End");
    await tabTo(queue(page).getByRole("button", { name: "Start" }));
    await page.keyboard.press("Enter");
    await status(queue(page), "Task 1 is inside.");
    const cancel = await tabTo(
      queue(page).getByRole("button", { name: "Cancel Task 4" }),
    );
    await page.keyboard.press("Space");
    await status(queue(page), "Task 4 has been cancelled.");
    await line(queue(page), "The lock", "Task 1", "Task 2", "Task 3", "Task 5");
    assertEquals(await cancel.count(), 1);
  },
);

testPage("the keyboard reaches every panel", async (page) => {
  async function tabTo(selector: string) {
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press("Tab");
      const focused = page.locator(`${selector}:focus`);
      if (await focused.count() === 1) return;
    }
    throw new Error(`Cannot reach ${selector} by keyboard`);
  }
  for (const panel of await page.locator("section").all()) {
    const id = await panel.getAttribute("id");
    await tabTo(`#${id} .step`);
    await page.keyboard.press("Enter");
    const before = await panel.getByRole("status").textContent();
    await tabTo(`#${id} .choices button`);
    await page.keyboard.press("Space");
    await panel.getByRole("status").filter({ hasNotText: `${before}` })
      .waitFor();
  }
});

testPage("a screen reader is not told more than it can say", async (page) => {
  await page.evaluate(`
    globalThis.told = 0;
    new MutationObserver(() => told++)
      .observe(document.querySelector("#queue .status"), { childList: true });
  `);
  await start(queue(page), { tasks: 8, inside: 0.2 });
  await status(queue(page), "All tasks have ended.");
  const told = await page.evaluate("told") as number;
  assert(told <= 4, `${told} messages in 1.6 seconds`);
});

for (const colorScheme of ["light", "dark"] as const) {
  testPage(`axe finds nothing to mend in ${colorScheme} mode`, async (page) => {
    assertEquals(await violations(page), []);
    await showAll(page);
    assertEquals(await violations(page), []);
  }, { colorScheme });
}

testPage("a disabled button is no tab stop", async (page) => {
  const stops = page.locator("button").and(page.locator("[tabindex='-1']"));
  const disabled = page.locator("button[aria-disabled=true]");
  const count = await disabled.count();
  assert(count > 0);
  assertEquals(await stops.count(), count);
});

testPage("a disabled button is grey in forced colours", async (page) => {
  const color = () =>
    page.evaluate(
      "getComputedStyle(document.querySelector('#queue .add')).color",
    );
  const add = queue(page).getByRole("button", { name: "Add a task" });
  await add.and(page.locator("[aria-disabled=true]")).waitFor();
  const disabled = await color();
  await start(queue(page), { tasks: 2, inside: 2 });
  await add.and(page.locator("[aria-disabled=false]")).waitFor();
  assert(await color() !== disabled);
}, { forcedColors: "active" });

testPage(
  "lines where tasks stand can be seen in forced colours",
  async (page) => {
    await press(queue(page), "Step");
    await queue(page).locator(".line.here").first().waitFor();
    const colors = await page.evaluate(`
    [".line.here", ".line:not(.here)"].map((line) =>
      getComputedStyle(document.querySelector("#queue " + line)).backgroundColor
    )
  `) as string[];
    assertEquals(new Set(colors).size, 2);
  },
  { forcedColors: "active" },
);

for (const reducedMotion of ["reduce", "no-preference"] as const) {
  testPage(
    `bars grow smoothly unless less motion is wanted: ${reducedMotion}`,
    async (page) => {
      await page.evaluate(`
      globalThis.frames = 0;
      const { requestAnimationFrame } = globalThis;
      globalThis.requestAnimationFrame = (draw) => {
        globalThis.frames++;
        return requestAnimationFrame(draw);
      };
    `);
      await start(queue(page), { tasks: 2, inside: 0.2 });
      await status(queue(page), "All tasks have ended.");
      const drawn = await page.evaluate("globalThis.frames") as number;
      assertEquals(drawn > 0, reducedMotion === "no-preference");
    },
    { reducedMotion },
  );
}

Deno.test("playground: a page that cannot run says so", outlived, async () => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(url);
  await page.getByText("This page needs JavaScript").waitFor();
  await page.close();
});
