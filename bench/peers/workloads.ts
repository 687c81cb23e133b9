/**
 * What is measured: programs put together from each candidate's pieces of code.
 *
 * @module
 */

import * as floors from "./candidates.ts";
import { shuffled, type Ways, type Workload } from "./harness.ts";

// Sections: code that runs `body` while it holds what it took. Nothing comes
// out where a piece is missing; so it is with all that follows.

type Code = string | undefined;
type Section = (ways: Ways, body: string) => Code;

const byGuard: Section = ({ acquire, guard }, body) =>
  acquire && guard && `const guard = await ${acquire}; ${body} ${guard};`;

const byHand: Section = ({ acquire, release }, body) =>
  acquire && release && `await ${acquire}; ${body} ${release};`;

const byUsing: Section = ({ acquire, disposable }, body) =>
  acquire && disposable ? `using guard = await ${acquire}; ${body}` : undefined;

const byTrying: Section = ({ tryAcquire, guard, release }, body) =>
  tryAcquire &&
  `const guard = ${tryAcquire}; if (guard) { ${body} ${release ?? guard}; }`;

const byRunning: Section = ({ run }, body) =>
  run && `const fn = async () => { ${body} }; await ${run};`;

const byAnyMeans: Section = (ways, body) =>
  ways.section?.(body) ?? byGuard(ways, body) ?? byHand(ways, body) ??
    byRunning(ways, body);

// Programs.

/** Repeats `body`. */
function repeat(
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

/** Ten tasks come at once; so many get in, and never two at a time. */
function exclusion(section: Section, entered = 10, keys = 1) {
  return (ways: Ways): Code => {
    const code = section(
      ways,
      `if (inside.has(key)) throw new Error("Two are inside");
      inside.add(key);
      await null;
      inside.delete(key);
      entered++;`,
    );
    return code && repeat(
      `const lock = ${ways.make};
      const inside = new Set();
      let entered = 0;
      async function task(key) { ${code} }`,
      `const tasks = [];
      for (let j = 0; j < 10; j++) tasks.push(task("key " + j % ${keys}));
      await Promise.all(tasks);
      if (entered !== ${entered}) throw new Error(entered + " got in");`,
    );
  };
}

/** So many tasks come at once and stay inside for a tick each. */
function contention(tasks: number, key = "") {
  return (ways: Ways): Code => {
    const code = byAnyMeans(ways, "await null;");
    return code && repeat(
      `const lock = ${ways.make};
      let left, finish;
      async function task(key) { ${code} if (--left === 0) finish(); }`,
      `left = ${tasks};
      const finished = new Promise((resolve) => { finish = resolve; });
      for (let j = 0; j < ${tasks}; j++) task(${key});
      await finished;`,
    );
  };
}

/** While somebody else holds it, so many come and leave in the `order`. */
function givingUp(
  waiters: number,
  come: (ways: Ways) => Code,
  granted: string,
) {
  return (ways: Ways): Code => {
    const code = come(ways);
    return code && repeat(
      `const lock = ${ways.make};
      const fn = () => {};
      const refuse = () => { throw new Error("A waiter got in"); };
      const places = order(${waiters});`,
      `let enter, free, finish, left = ${waiters};
      const entered = new Promise((resolve) => { enter = resolve; });
      const freed = new Promise((resolve) => { free = resolve; });
      const finished = new Promise((resolve) => { finish = resolve; });
      const leave = () => { if (--left === 0) finish(); };
      const granted = ${granted};
      async function hold() { ${byAnyMeans(ways, "enter(); await freed;")} }
      const held = hold();
      await entered;
      ${code}
      await finished;
      free();
      await held;`,
    );
  };
}

const withOwnSignals = ({ signal }: Ways) =>
  signal &&
  `const controllers = [];
  for (const _ of places) {
    const controller = new AbortController();
    const { signal } = controller;
    ${signal}.then(granted, leave);
    controllers.push(controller);
  }
  for (const place of places) controllers[place].abort();`;

// A listener for each at one signal takes quadratic time: no floor to speak of.
const withOneSignal = (ways: Ways) =>
  ways === floors.LISTENER.lock ? withOwnSignals(ways) : ways.signal &&
    `const controller = new AbortController();
  const { signal } = controller;
  for (const _ of places) ${ways.signal}.then(granted, leave);
  controller.abort();`;

const withTimeouts = ({ timeout }: Ways) =>
  timeout && `for (const _ of places) ${timeout}.then(granted, leave);`;

/** One key comes and goes while `keys` are held. */
function hotKey(ways: Ways): Code {
  const code = byAnyMeans(ways, "");
  return repeat(
    `const lock = ${ways.make};
    const key = "hot";
    let free, held;
    const freed = new Promise((resolve) => { free = resolve; });
    async function hold(key) { ${byAnyMeans(ways, "await freed;")} }`,
    code,
    {
      open: `held = keys.map(hold); ${code}`,
      close: "free(); await Promise.all(held);",
    },
  );
}

/** Takes `length` of something and keeps what it gets. */
function keep(length: number, ways: Ways, body: Code): Code {
  return body && repeat(
    `const lock = ${ways.make};
    const kept = new Array(${length});
    const forever = new Promise(() => {});
    const fn = () => forever;`,
    body,
  );
}

// The workloads.

function spaced(n: number): string {
  return n.toLocaleString("en").replaceAll(",", " ");
}

function counted(keys: number): string {
  return keys === 1 ? "one key" : `${spaced(keys)} keys`;
}

const NO_FUNCTIONS = "does not run functions";
const NO_KEYS = "has no keys";

/** In a set each gets its hash, which else whoever comes first would make. */
function keys(length: number): string[] {
  return [...new Set(Array.from({ length }, (_, i) => `key ${i}`))];
}

const guarding = [
  {
    id: "guard",
    title: "`acquire()`, `guard.release()`",
    section: byGuard,
    floor: floors.AWAIT,
    lacking: "gives no guard",
  },
  {
    id: "hand",
    title: "`acquire()`, `lock.release()`",
    section: byHand,
    floor: floors.AWAIT,
    lacking: "has no `release()`",
  },
  {
    id: "using",
    title: "`using guard = await acquire()`",
    section: byUsing,
    floor: floors.USING,
    lacking: "gives nothing disposable",
  },
  {
    id: "try",
    title: "`tryAcquire()`, `release()`",
    section: byTrying,
    floor: floors.AWAIT,
    entered: 1,
    lacking: "can't but wait",
  },
].map(({ section, floor, entered, ...rest }): Workload => ({
  ...rest,
  of: "lock",
  operations: 1,
  controls: [floor],
  code: (ways) => repeat(`const lock = ${ways.make};`, section(ways, "")),
  check: exclusion(section, entered),
}));

const running = [
  { id: "run-async", title: "`run(async () => {})`", fn: "async () => {}" },
  { id: "run-sync", title: "`run(() => {})`", fn: "() => {}" },
].map(({ fn, ...rest }): Workload => ({
  ...rest,
  of: "lock",
  operations: 1,
  controls: [floors.WRAPPER],
  code: ({ make, run }) =>
    repeat(`const lock = ${make}; const fn = ${fn};`, run && `await ${run};`),
  check: exclusion(byRunning),
  lacking: NO_FUNCTIONS,
}));

const contended = [10, 100, 1_000, 10_000, 100_000].map((tasks): Workload => ({
  id: `contended-${tasks}`,
  title: `${spaced(tasks)} tasks at once`,
  of: "lock",
  operations: tasks,
  controls: [floors.CHAIN],
  code: contention(tasks),
  check: exclusion(byAnyMeans),
}));

const queued = [10, 1_000].map((calls): Workload => ({
  id: `queued-${calls}`,
  title: `${spaced(calls)} \`run(fn)\` at once`,
  of: "lock",
  operations: calls,
  controls: [floors.THEN, floors.LIST],
  code: ({ make, run }) =>
    repeat(
      `const lock = ${make}; const fn = async () => { await null; };`,
      run && `let last;
      for (let j = 0; j < ${calls}; j++) last = ${run};
      await last;`,
    ),
  check: exclusion(byRunning),
  lacking: NO_FUNCTIONS,
}));

const front = (length: number) => Array.from({ length }, (_, i) => i);
const back = (length: number) => front(length).reverse();
const random = (length: number) => shuffled(front(length));

const aborted = {
  sizes: [100, 1_000, 10_000, 100_000],
  come: withOwnSignals,
  order: front,
  controls: [floors.LISTENER],
  lacking: "takes no signal",
};

const leaving = [
  { ...aborted, id: "front", title: "aborted from the front" },
  { ...aborted, id: "back", title: "aborted from the back", order: back },
  { ...aborted, id: "random", title: "aborted at random", order: random },
  {
    ...aborted,
    id: "shared",
    title: "aborted by one signal",
    come: withOneSignal,
  },
  {
    id: "timeout",
    title: "timed out",
    sizes: [10_000, 100_000],
    come: withTimeouts,
    order: front,
    controls: [floors.TIMER, floors.FAILING_TIMER],
    lacking: "takes no timeout",
  },
].flatMap(({ id, title, sizes, come, order, ...rest }) =>
  sizes.map((waiters): Workload => ({
    ...rest,
    id: `${id}-${waiters}`,
    title: `${spaced(waiters)} waiters, ${title}`,
    of: "lock",
    operations: waiters,
    scope: () => ({ order }),
    code: givingUp(waiters, come, "leave"),
    check: givingUp(100, come, "refuse"),
  }))
);

const keyed: Workload[] = [
  ...[1, 1_000, 1_000_000].map((length): Workload => ({
    id: `keys-${length}`,
    title: `${counted(length)}, each free`,
    of: "keyed",
    operations: 1,
    scope: () => ({ keys: keys(length) }),
    controls: [floors.MAP],
    code: (ways) => {
      const code = byAnyMeans(ways, "");
      return code && repeat(
        `const lock = ${ways.make}; let at = 0;`,
        `const key = keys[at];
        if (++at === ${length}) at = 0;
        ${code}`,
      );
    },
    check: exclusion(byAnyMeans, 10, 2),
    lacking: NO_KEYS,
  })),
  ...[1, 1_000].map((length): Workload => ({
    id: `keys-contended-${length}`,
    title: `${counted(length)}, 10 tasks each`,
    of: "keyed",
    operations: 10 * length,
    scope: () => ({ keys: keys(length) }),
    controls: [floors.MAP_OF_CHAINS],
    code: contention(10 * length, `keys[j % ${length}]`),
    check: exclusion(byAnyMeans, 10, 2),
    lacking: NO_KEYS,
  })),
  ...[0, 100, 1_000, 10_000, 100_000].map((length): Workload => ({
    id: `hot-${length}`,
    title: `one key, ${spaced(length)} others held`,
    of: "keyed",
    operations: 1,
    scope: () => ({ keys: keys(length) }),
    controls: [floors.MAP],
    code: hotKey,
    check: exclusion(byAnyMeans, 10, 2),
    lacking: NO_KEYS,
  })),
];

const finished: Workload = {
  id: "once",
  title: "`once()`, finished",
  of: "once",
  operations: 1,
  controls: [floors.CACHED],
  code: ({ make, acquire }) =>
    repeat(
      `const fn = async () => 1; const lock = ${make};`,
      `await ${acquire};`,
    ),
  check: ({ make, acquire }) =>
    repeat(
      `let runs = 0;
      const fn = async () => { await null; runs++; };
      const lock = ${make};`,
      `await Promise.all([${acquire}, ${acquire}]);
      if (runs !== 1) throw new Error("It ran " + runs + " times");`,
    ),
  lacking: "has no such thing",
};

const memory = [
  {
    id: "bytes-idle",
    title: "an idle lock",
    of: "lock" as const,
    body: ({ make }: Ways) => `kept[i] = ${make};`,
    controls: [],
  },
  {
    id: "bytes-waiter",
    title: "a waiter",
    of: "lock" as const,
    body: ({ acquire, run }: Ways) => acquire ?? run,
    controls: [floors.RESOLVER],
  },
  {
    id: "bytes-key",
    title: "a held key",
    of: "keyed" as const,
    body: ({ acquire, run }: Ways) =>
      `const key = keys[i]; ${acquire ? `kept[i] = await ${acquire}` : run};`,
    controls: [floors.MAP],
    lacking: NO_KEYS,
  },
  {
    id: "bytes-left",
    title: "a key that came and went",
    of: "keyed" as const,
    length: 1_000_000,
    body: (ways: Ways) => `const key = "key " + i; ${byAnyMeans(ways, "")}`,
    controls: [floors.MAP],
    lacking: NO_KEYS,
  },
].map(({ body, length = 20_000, ...rest }): Workload => ({
  ...rest,
  bytesOf: length,
  operations: 1,
  scope: () => ({ keys: keys(20_000) }),
  code: (ways) => keep(length, ways, body(ways)),
}));

// V8 compiles the way without waiting better as long as none has ever waited.
// So the check, in which some do, is left to the second time.
const alone = [...guarding, ...running].map(({ check: _, ...rest }) => rest);
const aloneAgain = [...guarding, ...running].map((workload): Workload => ({
  ...workload,
  id: `${workload.id}-again`,
  title: `${workload.title}, again`,
}));

/** All workloads, by what they are about. */
export const groups: Readonly<Record<string, readonly Workload[]>> = {
  "One task alone": alone,
  "Tasks that contend": [...contended, ...queued],
  "One task alone, where tasks have contended before": aloneAgain,
  "Waiters that give up": leaving,
  "Keys": keyed,
  "Once": [finished],
  "Memory": memory,
};
