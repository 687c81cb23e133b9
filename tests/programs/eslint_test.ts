/** ESLint runs the rules as `deno lint` does. */

import { assertEquals } from "@std/assert";

/** Lints code with ESLint, and returns what that prints. */
async function eslint(code: string, ...options: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "-A", PROGRAM, ...options],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await new Response(code).body!.pipeTo(child.stdin);
  return new TextDecoder().decode((await child.output()).stdout);
}

const PROGRAM = import.meta.resolve("./eslint.ts");

const CODE = `\
import { KeyedLock, Lock } from "@holdfast/sync";
const lock = new Lock();
class Users {
  #lock = new KeyedLock();
  async visit(user) {
    await this.#lock.acquire(user);
  }
}
export const first = Promise.race([lock?.acquire()]);
using a = lock.acquire();

async function byHand() {
  await lock.acquire();
  lock.release();
}
export { Users, byHand };
`;

const FOUND = `\
6: holdfast/no-dropped-guard
9: holdfast/no-raced-acquire
10: holdfast/using-needs-await
`;

Deno.test("ESLint runs the rules over JavaScript", async () => {
  assertEquals(await eslint(CODE), FOUND);
});

Deno.test("ESLint runs the rules over TypeScript", async () => {
  const typed = `${CODE}\
export async function f(given: Lock, options?: { lock?: Lock }) {
  await given!.acquire();
  await options?.lock?.acquire();
}
`;
  assertEquals(
    await eslint(typed, "--typescript"),
    `${FOUND}\
18: holdfast/no-dropped-guard
19: holdfast/no-dropped-guard
`,
  );
});
