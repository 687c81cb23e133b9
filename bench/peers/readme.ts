/**
 * Writes the page with all figures.
 *
 * @module
 */

import {
  faster,
  isMissed,
  type Measured,
  type Verdict,
  verdicts,
} from "./bounds.ts";
import * as floors from "./floors.ts";
import { HOLDFAST } from "./holdfast.ts";
import type { Results } from "./main.ts";
import type { Figures } from "./types.ts";
import { inWords, table } from "./words.ts";

/**
 * Returns the page as Markdown.
 *
 * @param results What was measured, in Deno first.
 * @param libraries The module that imports the libraries, with versions.
 */
export function readme(results: readonly Results[], libraries: string): string {
  const [deno] = results as [Results];
  const versions = Array.from(
    libraries.matchAll(/npm:((?:@\w+\/)?[\w-]+@[\w.-]+)/g),
    ([, version]) => version,
  );
  return `# Benchmarks

<!-- \`deno task bench:report\` writes this page. Don't edit it by hand. -->

Holdfast beside other libraries, and beside the least that the same work costs
when it is done by hand. \`deno task bench:report\` measured all of this on
${deno.date} on ${deno.cpu}, and wrote this page and the charts.

![Bars: time per operation by library](libraries.svg)

## Bounds

Each figure is Holdfast's, divided by what the last column names. A bold one
misses its bound by more than a tenth. \`deno task bench:check\` measures them
anew. In Node and Bun, \`acquire()\` with \`release()\` may take 1.6 times the
floor; the other bounds are for Deno only.

${bounds(results)}

Peers that are faster than Holdfast in Deno by more than a tenth:

${losses(deno)}

### Why these are missed

${reasons(byId(deno))}

## How the cost grows

![Lines: time per turn against the number of tasks](waiters.svg)

![Lines: time to take and free a key against other keys held](keys.svg)

![Lines: time per waiter that gives up against waiters](giving_up.svg)

## All figures

In brackets: Holdfast divided by the floor, which is the first of those done by
hand, and each library divided by Holdfast.

${results.map(runtimeTables).join("\n\n")}

## How it is measured

- All candidates of a workload run in one process, each once in each round, in a
  new order each time. Times are medians of the rounds. A ratio is the median of
  the ratios of the rounds, because noise that lasts longer than a round slows
  both sides. Each candidate has its own copy of the measuring code, because V8
  would share feedback between identical copies.
- Each candidate first has to show that it lets in as many as it should, no more,
  and nobody who has given up.
- A time is that of one operation. If tasks come at once, that is one task, which
  stays inside for one tick. If they come and go, it is one turn. If waiters give
  up, it is one waiter, with its \`AbortController\`.
- Memory is what a garbage collection leaves on the heap.
- The libraries are ${[...new Set(versions)].join(", ")}.
`;
}

/** Returns all figures by the ids of the workloads. */
export function byId({ groups }: Results): Measured {
  return new Map(Object.values(groups).flat().map((it) => [it.id, it]));
}

/** `1.2×` */
function ratio(value: number | null | undefined): string {
  return value ? `${Number(value.toPrecision(2))}×` : "–";
}

function bounds(results: readonly Results[]): string {
  const columns = results.map((it) => [...verdicts(byId(it))]);
  const nameOf = ({ title, unit }: Verdict) => `${title}, ${unit}`;
  const rows = columns[0]!.map((bound) => [
    bound.title,
    ...columns.map((column, i) => {
      const verdict = column.find((it) => nameOf(it) === nameOf(bound));
      if (verdict === undefined) return "–";
      const most = i === 0 ? bound.most : bound.mostElsewhere;
      const text = verdict.figure.toFixed(2);
      return most && isMissed({ ...verdict, most }) ? `**${text}**` : text;
    }),
    `${Number(bound.most.toPrecision(3))}`,
    bound.unit,
  ]);
  const runtimes = results.map(({ runtime }) => runtime);
  return table(["", ...runtimes, "at most, in Deno", ""], rows);
}

function losses(results: Results): string {
  return [...faster(byId(results))].filter(isMissed).map(
    ({ title, unit, figure }) =>
      `- ${title}: ${ratio(figure)} ${unit.slice(2)}`,
  ).join("\n") || "None.";
}

function reasons(all: Measured): string {
  /** How a candidate compares with the floor: `1.5× and 1.7×`. */
  const timesFloor = (name: string, ids: string[]) =>
    ids.flatMap((id) => all.get(id) ?? [])
      .map(({ ratios, controls: [floor = ""] }) =>
        ratio(ratios[floor]! / (name === HOLDFAST ? 1 : ratios[name]!))
      )
      .join(" and ");
  const queued = ["queued-10", "queued-1000"];
  const timeouts = ["timeout-10000", "timeout-100000"];
  return `
- Queued \`run(fn)\`: a caller that can leave the queue needs a promise to wait
  on, besides the one that the call returns. The least that does so by hand, a
  list of promises, takes ${timesFloor(floors.LIST.name, queued)} the floor,
  Holdfast ${timesFloor(HOLDFAST, queued)}. It would be faster to call \`fn\`
  in the continuation of the task that released the lock. But then
  \`AsyncLocalStorage\` gives \`fn\` the data of another request.
- Timeouts: a new \`DOMException\` costs more than a timer and a promise. By hand,
  the three take ${timesFloor(floors.FAILING_TIMER.name, timeouts)} the floor,
  Holdfast ${timesFloor(HOLDFAST, timeouts)}. It makes the error in a
  continuation, which costs more than in the timer's callback, so that the stack
  leads to the caller. \`await-lock\` makes a plain \`Error\` in the callback.
- \`tryAcquire()\`: \`await-lock\` sets a boolean, Holdfast gives a guard.
- \`acquire()\` with \`release()\` after tasks have contended takes
  ${timesFloor(HOLDFAST, ["guard-again", "hand-again"])} the floor. V8 inlines
  an \`await\` of a promise if all that it has seen there were resolved. If one
  was pending, V8 calls its builtin, as the floor does.`.trim();
}

function runtimeTables({ runtime, engine, groups }: Results): string {
  const tables = Object.entries(groups).map(([group, figures]) =>
    `#### ${group}\n\n${groupTable(figures)}`
  );
  return [`### ${runtime}, ${engine}`, ...tables].join("\n\n");
}

/** The figures of one group, and why some are missing. */
function groupTable(figures: readonly Figures[]): string {
  const controls = new Set(figures.flatMap(({ controls }) => controls));
  const peers = new Set(
    figures.flatMap(({ values }) => Object.keys(values))
      .filter((name) => name !== HOLDFAST && !controls.has(name)),
  );
  const rows = figures.map(({ title, unit, values, ratios, controls }) => [
    title,
    controls.map((name) => `${inWords(values[name]!, unit)} ${name}`)
      .join("<br>"),
    inWords(values[HOLDFAST]!, unit) +
    (controls.length > 0 ? ` (${ratio(ratios[controls[0]!])})` : ""),
    ...Array.from(peers, (name) => {
      const value = values[name];
      if (value === undefined) return "–";
      return `${inWords(value, unit)} (${ratio(1 / ratios[name]!)})`;
    }),
  ]);
  return table(["", "by hand", HOLDFAST, ...peers], rows) + "\n\n" +
    excuses(figures);
}

/** `- gives no guard: p-limit, …` */
function excuses(figures: readonly Figures[]): string {
  const reasons = new Map<string, Set<string>>();
  for (const { lacking } of figures) {
    for (const [name, reason] of Object.entries(lacking)) {
      reasons.set(reason, (reasons.get(reason) ?? new Set()).add(name));
    }
  }
  return Array.from(
    reasons,
    ([reason, names]) => `- ${reason}: ${[...names].join(", ")}`,
  ).join("\n");
}
