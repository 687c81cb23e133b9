/**
 * Runs the suite where there is nothing but the language.
 *
 * @module
 */

import { suite } from "../../tests/conformance/suite.ts";

/**
 * Runs all tests, one after the other.
 *
 * @returns How many have passed.
 * @throws {Error} If one fails; its message tells of all that do.
 */
export async function runSuite(): Promise<string> {
  const tests = suite();
  const failures: string[] = [];
  for (const { name, run } of tests) {
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${(error as Error).stack}`);
    }
  }
  const passed = tests.length - failures.length;
  const counts = `${passed} passed, ${failures.length} failed`;
  if (failures.length === 0) return counts;
  throw new Error([counts, ...failures].join("\n"));
}
