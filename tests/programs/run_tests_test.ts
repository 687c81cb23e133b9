/** What `deno task test` prints. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const SUMMARY = import.meta.resolve("../support/summary.ts");

const TESTS = `
import { explored, leftOut } from "${SUMMARY}";

Deno.test("explores", () => {
  console.log("Nobody has to read this");
  explored("Programs", { programs: 1, steps: 1000 });
  explored("Programs", { programs: 2, steps: 234 });
  leftOut("nothing");
});
Deno.test("fails", () => {
  throw new Error("This is why");
});
`;

Deno.test("deno task test names what fails, and sums up what was explored", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/some_test.ts`, TESTS);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "test", folder],
    env: { NO_COLOR: "1", JSR_URL: "http://127.0.0.1:9" }, // nobody answers there
  }).output();
  await Deno.remove(folder, { recursive: true });

  const printed = new TextDecoder().decode(stdout);
  assertEquals(code, 1);
  assertMatch(printed, /^(\.!|!\.)\n/);
  assertStringIncludes(printed, "fails => ");
  assertStringIncludes(printed, "error: Error: This is why");
  assertMatch(printed, /\nFAILED \| 1 passed \| 1 failed \(/);
  assertMatch(
    printed,
    /\n\nLeft out: nothing\nPrograms: 3 programs, 1 234 steps\n$/,
  );
  assertEquals(printed.includes("Nobody has to read this"), false);
});
