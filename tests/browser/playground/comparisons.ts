/**
 * Runs the panels that tell a story twice: the bank, the deadlock, once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { press, status, steps, testPage } from "../../support/playground.ts";

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
  const nested = deadlock.getByRole("article", {
    name: "One lock after the other",
  });
  const last = async (lane: string) => {
    const bar = nested.getByRole("listitem").filter({
      has: page.locator("b", { hasText: lane }),
    })
      .locator(".track span").last();
    return [await bar.getAttribute("data-kind"), await bar.textContent()];
  };
  assertEquals(await last("Transfer 1"), ["stuck", "waits for Bob"]);
  assertEquals(await last("Transfer 2"), ["stuck", "waits for Ann"]);
  assertEquals(await last("Ann’s lock"), ["held", "Transfer 1"]);
  assertEquals(await last("Bob’s lock"), ["held", "Transfer 2"]);
});

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
