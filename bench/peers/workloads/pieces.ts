/**
 * Puts programs together from the pieces of code that a candidate has. All
 * these functions return `undefined` if a piece is missing.
 *
 * @module
 */

import type { Way, Ways } from "../types.ts";

export type Code = string | undefined;

/** Code that runs `body` while it holds what it took. */
export type Section = (way: Way, body: string) => Code;

export const byGuard: Section = ({ acquire, guard }, body) =>
  acquire && guard && `const guard = await ${acquire}; ${body} ${guard};`;

export const byHand: Section = ({ acquire, release }, body) =>
  acquire && release && `await ${acquire}; ${body} ${release};`;

export const byUsing: Section = ({ acquire, disposable }, body) =>
  acquire && disposable ? `using guard = await ${acquire}; ${body}` : undefined;

export const byTrying: Section = ({ tryAcquire, guard, release }, body) =>
  tryAcquire &&
  `const guard = ${tryAcquire}; if (guard) { ${body} ${release ?? guard}; }`;

export const byRunning: Section = ({ run }, body) =>
  run && `const fn = async () => { ${body} }; await ${run};`;

export const byAnyMeans: Section = (way, body) =>
  way.section?.(body) ?? byGuard(way, body) ?? byHand(way, body) ??
    byRunning(way, body);

/** A program that repeats `body`. */
export function repeat(
  setup: string,
  body: Code,
  { open = "", close = "" } = {},
): Code {
  return body && `${setup}
    return {
      async open() { ${open} },
      async sample(n) {
        for (let i = 0; i < n; i++) { ${body} }
      },
      async close() { ${close} },
    };`;
}

/** Variables of {@linkcode allOf}. */
export const COUNT = "let left, finish;";

/** What each task of {@linkcode allOf} does last. */
export const DONE = "if (--left === 0) finish();";

/** Starts so many tasks, then does `more`, then waits until all are done. */
export function allOf(tasks: number, start: string, more = ""): string {
  return `left = ${tasks};
    const finished = new Promise((resolve) => { finish = resolve; });
    for (let j = 0; j < ${tasks}; j++) ${start};
    ${more}
    await finished;`;
}

/** Ten tasks come at once. So many get in, and at most `most` at a time. */
export function exclusion(
  section: Section,
  { entered = 10, keys = 1, most = 1 } = {},
) {
  return (ways: Ways): Code => {
    const code = section(
      ways,
      `const others = inside.get(key) ?? 0;
      if (others === ${most}) throw new Error("Too many are inside");
      inside.set(key, others + 1);
      await null;
      inside.set(key, inside.get(key) - 1);
      entered++;`,
    );
    return code && repeat(
      `const lock = ${ways.make};
      const inside = new Map();
      let entered = 0;
      async function task(key) { ${code} }`,
      `const tasks = [];
      for (let j = 0; j < 10; j++) tasks.push(task("key " + j % ${keys}));
      await Promise.all(tasks);
      if (entered !== ${entered}) throw new Error(entered + " got in");`,
    );
  };
}

/** Many tasks come at once. Each stays inside for one tick, then ends. */
export function burst(tasks: number, key = "") {
  return (ways: Ways): Code => {
    const code = byAnyMeans(ways, "await null;");
    return code && repeat(
      `const lock = ${ways.make};
      ${COUNT}
      async function task(key) { ${code} ${DONE} }`,
      allOf(tasks, `task(${key})`),
    );
  };
}

/**
 * Many tasks come at once. Each stays inside for one tick and then comes again,
 * so many times in all. Until the last turn, the number of contenders is
 * constant.
 */
export function comeAndGo(tasks: number, turns: number) {
  return (ways: Ways): Code => {
    const code = byAnyMeans(ways, "await null;");
    return code && repeat(
      `const lock = ${ways.make};
      ${COUNT}
      async function task() {
        for (let turn = 0; turn < ${turns}; turn++) { ${code} }
        ${DONE}
      }`,
      allOf(tasks, "task()"),
    );
  };
}
