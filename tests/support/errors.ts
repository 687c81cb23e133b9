/**
 * Tests of errors that are the same for each primitive.
 *
 * @module
 */

import {
  assertNotStrictEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";

/** The error that a promise rejects with: its name and message, if it rejects. */
export function messageOf(
  promise: Promise<unknown>,
): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    ({ name, message }) => `${name}: ${message}`,
  );
}

/**
 * Makes the tests that each error is new and that its stack leads to the caller.
 *
 * @param create Makes what the calls are made on.
 * @param failures What fails.
 */
export function testStacks<S>(
  create: () => S | Promise<S>,
  failures: Record<string, (subject: S) => unknown>,
): void {
  for (const [title, fail] of Object.entries(failures)) {
    Deno.test(`the error of ${title} is new and its stack leads to the caller`, async () => {
      async function theCaller() {
        await fail(await create());
      }
      const one = await assertRejects(theCaller, Error);
      const other = await assertRejects(theCaller, Error);
      assertNotStrictEquals(one, other);
      assertStringIncludes(one.stack!, "theCaller");
    });
  }
}
