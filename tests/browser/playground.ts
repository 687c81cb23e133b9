/**
 * Clicks through the playground in Chromium. Its name does not end in `_test.ts`,
 * since plain `deno test` should run without a browser.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import axe from "npm:axe-core@4.14.1";
import {
  type BrowserContextOptions,
  launchChromium,
  type Locator,
  type Page,
} from "../../tools/chromium.ts";
import { answer } from "../../tools/playground.ts";

const browser = await launchChromium();
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  answer,
);
const url = `http://127.0.0.1:${server.addr.port}/`;

Deno.test.afterAll(async () => {
  await browser.close();
  await server.shutdown();
});

/** Opens the page. It must not log anything or send requests to another host. */
function testPage(
  name: string,
  fn: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
) {
  Deno.test({
    name: `playground: ${name}`,
    // The browser outlives the test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(`${error.stack}`));
      page.on("console", (message) => faults.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith(url)) faults.push(request.url());
      });
      await page.goto(url);
      await page.locator("#not-running").waitFor({ state: "detached" });
      await fn(page);
      await context.close();
      assertEquals(faults, []);
    },
  });
}

const queue = (page: Page) =>
  page.getByRole("region", { name: "First come, first served" });
const keys = (page: Page) =>
  page.getByRole("region", { name: "A lock for each key" });

/** Sets the controls and starts. */
async function start(
  panel: Locator,
  { tasks, inside }: { tasks: number; inside: number },
) {
  await panel.getByRole("slider", { name: "Tasks" }).fill(`${tasks}`);
  await panel.getByRole("slider", { name: "Time inside" }).fill(`${inside}`);
  await panel.getByRole("button", { name: "Start" }).click();
}

/** Waits until the status shows this text. */
async function status(panel: Locator, text: string) {
  await panel.getByRole("status").filter({ hasText: text }).waitFor();
}

/** Waits until a queue is drawn with this holder and these waiters. */
async function line(panel: Locator, ...drawn: string[]) {
  const upToTheCode = drawn.join("") + "lock";
  await panel.locator(".queue", { hasText: upToTheCode }).waitFor();
}

/** Opens the panel and gives the rows of its table. */
async function table(panel: Locator): Promise<string[][]> {
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

testPage(
  "the bank loses 200 of 300 without a lock and none with one",
  async (page) => {
    const bank = page.getByRole("region", { name: "money gets lost" });
    await bank.getByRole("button", { name: "Run both" }).click();
    await status(
      bank,
      "Without a lock: balance 100, 200 lost. With a lock: balance 300, nothing lost.",
    );

    const without = bank.getByRole("article", { name: "Without a lock" });
    assertEquals(await rows(without.getByRole("table")), [
      ["ATM-A reads 0", "0 "],
      ["ATM-B reads 0", "0 "],
      ["ATM-C reads 0", "0 "],
      ["ATM-A writes 100", "100 "],
      ["ATM-B writes 100", "100 100 lost"],
      ["ATM-C writes 100", "100 100 lost"],
    ]);
    await without.getByText("Balance 100 of 300 200 lost").waitFor();

    const within = bank.getByRole("article", { name: "With a lock" });
    assertEquals(await rows(within.getByRole("table")), [
      ["ATM-A reads 0", "0 "],
      ["ATM-A writes 100", "100 "],
      ["ATM-B reads 100", "100 "],
      ["ATM-B writes 200", "200 "],
      ["ATM-C reads 200", "200 "],
      ["ATM-C writes 300", "300 "],
    ]);
    await within.getByText("Balance 300 of 300 nothing lost").waitFor();
  },
);

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
    const cancel = await tabTo(
      queue(page).getByRole("button", { name: "Cancel Task 4" }),
    );
    await page.keyboard.press("Space");
    await status(queue(page), "Task 4 has been cancelled.");
    await line(queue(page), "The lock", "Task 1", "Task 2", "Task 3", "Task 5");
    assertEquals(await cancel.count(), 1);
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

testPage("a change during a run takes effect in the next one", async (page) => {
  await start(queue(page), { tasks: 2, inside: 2 });
  await queue(page).getByRole("slider", { name: "Tasks" }).fill("3");
  await line(queue(page), "The lock", "Task 1", "Task 2");
  await queue(page).getByRole("button", { name: "Start" }).click();
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

/** Brings the page into a state that shows all of it. */
async function showAll(page: Page) {
  await queue(page).getByRole("combobox", { name: "A wait lasts" })
    .selectOption("0.5 s at most");
  await start(queue(page), { tasks: 8, inside: 2 });
  await queue(page).getByRole("button", { name: "Cancel Task 3" }).click();
  await status(queue(page), "has timed out");
  await start(keys(page), { tasks: 8, inside: 2 });
  await page.getByRole("button", { name: "Run both" }).click();
  for (const summary of await page.getByText("The same as a table").all()) {
    await summary.click();
  }
  await status(page.locator("#bank"), "nothing lost");
}

for (const colorScheme of ["light", "dark"] as const) {
  testPage(`axe finds nothing to mend in ${colorScheme} mode`, async (page) => {
    const violations = async () => {
      const results = await page.evaluate("axe.run()") as axe.AxeResults;
      return results.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => [id, html, failureSummary])
      );
    };
    await page.evaluate(axe.source);
    assertEquals(await violations(), []);
    await showAll(page);
    assertEquals(await violations(), []);
  }, { colorScheme });
}

testPage("nothing is wider than a phone", async (page) => {
  const width = () => page.evaluate("document.documentElement.scrollWidth");
  assertEquals(await width(), 360);
  await showAll(page);
  assertEquals(await width(), 360);
}, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

testPage("a disabled button is no tab stop", async (page) => {
  const stops = page.locator("button").and(page.locator("[tabindex='-1']"));
  const disabled = page.locator("button[aria-disabled=true]");
  await disabled.first().waitFor();
  assertEquals(await stops.count(), await disabled.count());
});

testPage("a disabled button is grey in forced colours", async (page) => {
  const color = () =>
    page.evaluate(
      "getComputedStyle(document.querySelector('#queue .add')).color",
    );
  const add = queue(page).getByRole("button", { name: "Add a task" });
  const disabled = await color();
  await start(queue(page), { tasks: 2, inside: 2 });
  await add.and(page.locator("[aria-disabled=false]")).waitFor();
  assert(await color() !== disabled);
}, { forcedColors: "active" });

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

Deno.test("playground: a page that cannot run says so", {
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(url);
  await page.getByText("This page needs JavaScript").waitFor();
  await page.close();
});

Deno.test("playground: answer() gives the files of the page and no others", async () => {
  const get = async (path: string) => {
    const response = await answer(new Request(url.slice(0, -1) + path));
    await response.body?.cancel();
    return [response.status, response.headers.get("content-type")];
  };
  const type = (name: string) => [200, `text/${name}; charset=utf-8`];
  assertEquals(await get("/"), type("html"));
  assertEquals(await get("/style.css"), type("css"));
  assertEquals(await get("/main.js"), type("javascript"));
  for (const path of ["/none.js", "/..%2fplayground%2fmain.js", "/js"]) {
    assertEquals(await get(path), [404, "text/plain;charset=UTF-8"]);
  }
});
