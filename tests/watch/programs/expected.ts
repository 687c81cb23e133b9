/**
 * What the programs print, by their names, with `#` for durations and lines.
 *
 * @module
 */

const HINT = "If that run() waits for this call, neither will ever end.";
const RING = "If each holder waits for its own calls, none will ever end.";
const MINE = "the run() that this call was made in";

/** Puts `#` for what differs from run to run, and from line to line. */
export function steady(printed: string): string {
  return printed
    .replace(/\d+ ms|\d+\.\d s/g, "#")
    .replace(/\w+\.[jt]s:\d+:\d+/g, "#")
    .replace(/at \S+ \(#\)/g, "at #") // engines differ in names of functions
    .trim();
}

export const expected: Record<string, string> = {
  reentrant: `\
Cannot acquire lock "db" after #: it is held by ${MINE}
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
${HINT}`,
  transfer: `\
Cannot acquire key "Bob" of keyed lock "accounts" after #: what holds it waits for ${MINE}
  waiting   key "Bob" of keyed lock "accounts"    at #
  holding   key "Bob" of keyed lock "accounts"    for #, at #
  waiting   key "Ann" of keyed lock "accounts"    for #, at #
  holding   key "Ann" of keyed lock "accounts"    for #, at #
${RING}`,
  cycle: `\
Cannot acquire key 1 of keyed lock "forks" after #: what holds it waits for ${MINE}
  waiting   key 1 of keyed lock "forks"    at #
  holding   key 1 of keyed lock "forks"    for #, at #
  waiting   key 2 of keyed lock "forks"    for #, at #
  holding   key 2 of keyed lock "forks"    for #, at #
  waiting   key 0 of keyed lock "forks"    for #, at #
  holding   key 0 of keyed lock "forks"    for #, at #
${RING}`,
  upgrade: `\
Cannot acquire read-write lock "doc" for writing after #: it is held by ${MINE}
  waiting   read-write lock "doc" for writing    at #
  holding   read-write lock "doc" for reading    for #, at #
${HINT}`,
  pool: Array(5).fill(`\
Cannot acquire semaphore "pool" after #: it is held by ${MINE}
  waiting   semaphore "pool"    at #
  holding   semaphore "pool"    for #, at #
${HINT}`).join("\n"),
  abandoned: `\
Cannot acquire lock "db" after #: the guard that holds it was lost without a release
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
The garbage collector took the guard. Keep it with \`using\`, or use run().`,
  slow: `\
Cannot acquire lock "db" after #: it is still held
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
has its turn`,
  empty: `\
Cannot acquire lock "db" after #: it is still held
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
Nothing is left to run, so this wait will never end.`,
  timer: "",
  all: "",
  passed: "",
  handedOver: "",
  line: "10000",
};

/** What the server prints. */
export const server = `\
Cannot acquire lock "forgotten" after #: the guard that holds it was lost without a release
  waiting   lock "forgotten"    at #
  holding   lock "forgotten"    for #, at #
The garbage collector took the guard. Keep it with \`using\`, or use run().
Cannot acquire lock "Bob" after #: what holds it waits for ${MINE}
  waiting   lock "Bob"    at #
  holding   lock "Bob"    for #, at #
  waiting   lock "Ann"    for #, at #
  holding   lock "Ann"    for #, at #
${RING}
Cannot acquire lock "db" after #: it is held by ${MINE}
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
${HINT}`;

/** What `examples/hang.ts` prints. */
export const hang = `\
--- A lock taken twice ---
Cannot acquire lock "db" after #: it is held by ${MINE}
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
${HINT}
--- Two locks taken in opposite order ---
Cannot acquire lock "Bob" after #: what holds it waits for ${MINE}
  waiting   lock "Bob"    at #
  holding   lock "Bob"    for #, at #
  waiting   lock "Ann"    for #, at #
  holding   lock "Ann"    for #, at #
${RING}
--- A guard that nobody releases ---
Cannot acquire lock "log" after #: it is still held
  waiting   lock "log"    at #
  holding   lock "log"    for #, at #
Nothing is left to run, so this wait will never end.`;

/** What `transfer.ts` prints before its two transfers give up. */
export const transfer = `\
--- nested ---
Ann to Bob: holds Ann
Bob to Ann: holds Bob
Cannot acquire lock "Bob" after #: it is still held
  waiting   lock "Bob"    at #
  holding   lock "Bob"    for #, at #
Cannot acquire lock "Ann" after #: it is still held
  waiting   lock "Ann"    at #
  holding   lock "Ann"    for #, at #
`;

/** How the output of `top_level.ts` begins. The rest is Deno's. */
export const topLevel = `\
Cannot acquire lock "db" after #: it is still held
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
error: Top-level await promise never resolved
`;

/** What is in the output of `deno test hanging.ts`. */
export const hangingTest = `\
Cannot acquire lock "db" after #: it is still held
  waiting   lock "db"    at #
  holding   lock "db"    for #, at #
Nothing is left to run, so this wait will never end.
`;
