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
import config from "../../deno.json" with { type: "json" };

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
      // Each panel rehearses its run, to know how long its axis is.
      await page.locator('.timeline:not([style*="--total"])').first()
        .waitFor({ state: "detached" });
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
  await press(panel, "Start");
}

/** Presses a button, or presses it several times. */
async function press(panel: Locator, name: string, times = 1) {
  const button = panel.getByRole("button", { name, exact: true });
  for (let i = 0; i < times; i++) await button.click();
}

/** Waits until the status shows this text. */
async function status(panel: Locator, text: string) {
  await panel.getByRole("status").filter({ hasText: text }).waitFor();
}

/** Waits until a queue is drawn with this holder and these waiters. */
async function line(panel: Locator, ...drawn: string[]) {
  const upToTheCode = new RegExp(
    RegExp.escape(drawn.join("")) + "(lock|semaphore)",
  );
  await panel.locator(".queue", { hasText: upToTheCode }).waitFor();
}

/** Gives the rows of one side's table. */
async function steps(panel: Locator, side: string): Promise<string[][]> {
  const details = panel.locator("details:not([open]) summary");
  if (await details.count() > 0) await details.click();
  return await rows(
    panel.getByRole("table", { name: `${side}, step by step` }),
  );
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
    const bank = page.locator("#bank");
    await press(bank, "Run both");
    await status(
      bank,
      "Without a lock: balance 100 of 300, 200 lost. With a lock: balance 300 of 300, nothing lost.",
    );
    assertEquals(await steps(bank, "Without a lock"), [
      ["ATM-A reads 0", "0 "],
      ["ATM-B reads 0", "0 "],
      ["ATM-C reads 0", "0 "],
      ["ATM-A writes 100", "100 "],
      ["ATM-B writes 100", "100 100 lost"],
      ["ATM-C writes 100", "100 100 lost"],
    ]);
    assertEquals(await steps(bank, "With a lock"), [
      ["ATM-A reads 0", "0 "],
      ["ATM-A writes 100", "100 "],
      ["ATM-B reads 100", "100 "],
      ["ATM-B writes 200", "200 "],
      ["ATM-C reads 200", "200 "],
      ["ATM-C writes 300", "300 "],
    ]);
  },
);

testPage("nested locks deadlock, and acquireAll does not", async (page) => {
  const deadlock = page.locator("#deadlock");
  await press(deadlock, "Run both");
  await status(deadlock, "paid 0 of 2, deadlock: each waits for the other.");
  await status(deadlock, "Both in one step: paid 2 of 2");
  assertEquals((await steps(deadlock, "One lock after the other")).at(-1), [
    "Transfer 2 asks for Ann",
    "Ann: Transfer 1, Bob: Transfer 2 ",
  ]);
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
    await press(deadlock, "Run both");
    await status(deadlock, "deadlock");
  },
);

testPage("once needs one request for four pages", async (page) => {
  const pages = page.locator("#once");
  await press(pages, "Run both");
  await status(pages, "A request for each page: sent 4 requests for 4 pages");
  await status(pages, "with once: sent 1 request for 4 pages");
});

testPage("once passes a failure on and does not keep it", async (page) => {
  const pages = page.locator("#once");
  await pages.getByRole("checkbox", { name: "The first request fails" })
    .check();
  await press(pages, "Run both");
  await status(
    pages,
    "sent 2 requests for 4 pages, 3 failed with the first, the next one asked again.",
  );
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
    const [under, marked] = await page.evaluate(`[
      [...document.querySelectorAll("#${id} .state")].filter((state) =>
        /waiting|inside|reading|writing/.test(state.textContent)
      ).length,
      document.querySelectorAll("#${id} .marks b").length,
    ]`) as [number, number];
    assert(under > 0);
    assertEquals(marked, under);
  }
});

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

testPage("the docs that the page links to exist", async (page) => {
  for (const section of await page.locator("section").all()) {
    const links = await section.locator(".docs a").all();
    assert(links.length > 0);
    for (const link of links) {
      const [, entry = "", name = ""] = `${await link.getAttribute("href")}`
        .match(/^https:\/\/jsr\.io\/@holdfast\/sync\/doc\/(.+)\/~\/(.+)$/) ??
        [];
      const file = new Map(Object.entries(config.exports)).get(`./${entry}`);
      assert(name in await import(import.meta.resolve(`../../${file}`)));
    }
  }
});

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

const phone = { isMobile: true, hasTouch: true };

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
