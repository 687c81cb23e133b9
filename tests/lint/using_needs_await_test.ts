import { assertEquals } from "@std/assert";
import { found } from "../support/lint.ts";

const LOCKS = `
import { KeyedLock, Lock } from "@holdfast/sync";
const lock = new Lock();
const users = new KeyedLock();
`;

function test(criterion: string, code: string, expected: string[]) {
  Deno.test(`using-needs-await ${criterion}`, () => {
    assertEquals(found("using-needs-await", LOCKS + code), expected);
  });
}

test(
  "finds using and await using of a promise",
  `using a = lock.acquire();
   await using b = users.acquireAll(["ann"]);
   using c = lock?.acquire()!;`,
  ["lock.acquire()", 'users.acquireAll(["ann"])', "lock?.acquire()"],
);
test(
  "allows an await",
  `using a = await lock.acquire();
   await using b = await users.acquireAll(["ann"]);
   using c = (await lock.acquire())!;`,
  [],
);
test("allows what needs no await", "using a = lock.tryAcquire();", []);
test("allows a promise in a variable", "const a = lock.acquire();", []);
