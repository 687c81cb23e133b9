/**
 * Runs the suite without a test runner, in any runtime.
 *
 * @module
 */

import { suite } from "../../tests/conformance/suite.ts";

/**
 * Runs all tests one after the other.
 *
 * @returns How many passed.
 * @throws {Error} If one fails. The message names all that failed.
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
