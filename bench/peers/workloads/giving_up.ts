/**
 * Waiters that give up.
 *
 * @module
 */

import * as floors from "../floors.ts";
import { shuffled } from "../harness.ts";
import type { Ways, Workload } from "../types.ts";
import { spaced } from "../words.ts";
import { byAnyMeans, type Code, repeat } from "./pieces.ts";

/** While another task holds it, so many come and leave in the `order`. */
function leaving(
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

const withOneSignal = (ways: Ways) => {
  // A listener for each waiter on one signal takes quadratic time. That is no
  // floor.
  if (ways === floors.LISTENER.ways) return withOwnSignals(ways);
  return ways.signal &&
    `const controller = new AbortController();
    const { signal } = controller;
    for (const _ of places) ${ways.signal}.then(granted, leave);
    controller.abort();`;
};

const withTimeouts = ({ timeout }: Ways) =>
  timeout && `for (const _ of places) ${timeout}.then(granted, leave);`;

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

export const givingUp = [
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
    code: leaving(waiters, come, "leave"),
    check: leaving(100, come, "refuse"),
  }))
);
