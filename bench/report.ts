/**
 * Measures in Deno, Node and Bun and writes down what comes out: `README.md`,
 * charts and `results.json`. Given `--draw`, it starts from that last one
 * instead of measuring.
 *
 * @module
 */

import {
  faster,
  isMissed,
  type Measured,
  type Verdict,
  verdicts,
} from "./check.ts";
import * as floors from "./peers/candidates.ts";
import {
  bars,
  BY_HAND,
  lines,
  type Panel,
  type Point,
} from "./peers/charts.ts";
import { type Figures, HOLDFAST, inWords } from "./peers/harness.ts";
import type { Results } from "./peers/main.ts";

const COMMANDS = [
  [Deno.execPath(), "run", "--v8-flags=--expose-gc", "--allow-sys=cpus", "-"],
  [
    "npx",
    "-y",
    "-p",
    "node@24",
    "node",
    "--expose-gc",
    "--input-type=module",
    "-",
  ],
  ["npx", "-y", "-p", "bun@1", "bun", "--expose-gc", "run", "-"],
];

/** Runs the same program in one runtime after the other. */
async function measureEverywhere(): Promise<Results[]> {
  const program = await output([
    Deno.execPath(),
    "bundle",
    "--quiet",
    "--platform=deno",
    path("peers/main.ts"),
  ]);
  const all = [];
  for (const command of COMMANDS) {
    all.push(JSON.parse(await output([...command, "--json"], program)));
  }
  return all;
}

/** Runs a command and returns what it prints. */
async function output(command: string[], input = ""): Promise<string> {
  const [name = "", ...args] = command;
  const child = new Deno.Command(name, {
    args,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  if (!success) throw new Error(`Cannot run ${command.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

/** Keeps four digits of a figure. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

function path(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

/** `**acquire** | 12 ns | …` */
function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const rule = header.map((_, i) => i === 0 ? "---" : "--:");
  return [header, rule, ...rows].map(row).join("\n");
}

/** The figures of one group, and why some are not there. */
function groupTable(figures: readonly Figures[]): string {
  const controls = new Set(figures.flatMap(({ controls }) => controls));
  const peers = new Set(
    figures.flatMap(({ values }) => Object.keys(values))
      .filter((name) => name !== HOLDFAST && !controls.has(name)),
  );
  const rows = figures.map(({ title, unit, values, controls }) => {
    const holdfast = values[HOLDFAST]!;
    const floor = values[controls[0] ?? ""];
    return [
      title,
      controls.map((name) => `${inWords(values[name]!, unit)} ${name}`)
        .join("<br>"),
      inWords(holdfast, unit) + (floor ? ` (${ratio(holdfast / floor)})` : ""),
      ...Array.from(peers, (name) => {
        const value = values[name];
        if (value === undefined) return "–";
        return `${inWords(value, unit)} (${ratio(value / holdfast)})`;
      }),
    ];
  });
  return table(["", "by hand", HOLDFAST, ...peers], rows) + "\n\n" +
    excuses(figures);
}

/** `–: p-limit (gives no guard), …` */
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

function ratio(value: number): string {
  return `${Number(value.toPrecision(2))}×`;
}

/** What it costs by name, the floor as {@linkcode BY_HAND}. */
function costs({ values, controls }: Figures): Map<string, number> {
  const costs = new Map(Object.entries(values));
  const [floor = "", ...others] = controls;
  costs.set(BY_HAND, values[floor]!);
  for (const name of [floor, ...others]) costs.delete(name);
  return costs;
}

/** Bars of a workload, and of another for those that can't do it. */
function barPanel(all: Measured, title: string, ids: Ids): Panel {
  const points = new Map<string, Point>();
  for (const [id, note] of Object.entries(ids)) {
    for (const [name, ns] of costs(all.get(id)!)) {
      if (!points.has(name)) points.set(name, { name, note, ns });
    }
  }
  return { title, points: [...points.values()] };
}

/** Workloads, and what to note where there is another before. */
type Ids = Readonly<Record<string, string>>;

/** Lines of workloads that differ in size. */
function linePanel(all: Measured, title: string, series: string): Panel {
  const points = [...all.values()].flatMap((figures) => {
    const [, name, size] = /(.*)-(\d+)$/.exec(figures.id) ?? [];
    if (name !== series) return [];
    return Array.from(
      costs(figures),
      ([name, ns]) => ({ name, ns, size: Number(size) }),
    );
  });
  return { title, points };
}

function charts(results: Results): Record<string, Promise<string>> {
  const { runtime } = results;
  const all = byId(results);
  return {
    "libraries.svg": bars(`${runtime}, less is better`, [
      barPanel(all, "One task alone takes and frees the lock", {
        "guard": "",
        "hand": "",
        "run-async": " (run)",
      }),
      barPanel(all, "1 000 tasks come at once", { "contended-1000": "" }),
    ]),
    "waiters.svg": lines(
      `Tasks that come at once (${runtime})`,
      { x: "tasks", y: "time per task" },
      [linePanel(all, "", "contended")],
    ),
    "keys.svg": lines(
      `One key while others are held (${runtime})`,
      { x: "other keys", y: "time to take and free it" },
      [linePanel(all, "", "hot")],
    ),
    "giving_up.svg": lines(
      `Waiters that give up (${runtime})`,
      { x: "waiters", y: "time per waiter" },
      [
        linePanel(all, "Aborted from the front", "front"),
        linePanel(all, "Aborted from the back", "back"),
        linePanel(all, "Aborted at random", "random"),
        linePanel(all, "Aborted by one signal", "shared"),
      ],
    ),
  };
}

/** Everything by the ids of the workloads. */
function byId({ groups }: Results): Measured {
  return new Map(Object.values(groups).flat().map((it) => [it.id, it]));
}

function goals(results: readonly Results[]): string {
  const columns = results.map((it) => [...verdicts(byId(it))]);
  const names = ({ title, unit }: Verdict) => `${title}, ${unit}`;
  const rows = columns[0]!.map((goal) => [
    goal.title,
    ...columns.map((column, i) => {
      const verdict = column.find((it) => names(it) === names(goal));
      if (verdict === undefined) return "–";
      const most = i === 0 ? goal.most : goal.mostElsewhere;
      const text = verdict.figure.toFixed(2);
      return most && isMissed({ ...verdict, most }) ? `**${text}**` : text;
    }),
    `${Number(goal.most.toPrecision(3))}`,
    goal.unit,
  ]);
  const runtimes = results.map(({ runtime }) => runtime);
  return table(["", ...runtimes, "at most, in Deno", ""], rows);
}

/** Where peers are ahead by more than a tenth. */
function losses(results: Results): string {
  return [...faster(byId(results))].filter(isMissed).map(
    ({ title, unit, figure }) =>
      `- ${title}: ${ratio(figure)} ${unit.slice(2)}`,
  ).join("\n") || "None.";
}

/** Figures of one candidate divided by the floor: `1.5× and 1.7×`. */
function timesFloor(all: Measured, name: string, ids: string[]): string {
  return ids.flatMap((id) => all.get(id) ?? [])
    .map(({ values, controls: [floor = ""] }) =>
      ratio(values[name]! / values[floor]!)
    )
    .join(" and ");
}

/** Why bounds are missed, with the figures that show it. */
function reasons(all: Measured): string {
  const queued = ["queued-10", "queued-1000"];
  const timeouts = ["timeout-10000", "timeout-100000"];
  return `
- Queued \`run(fn)\`: whoever can leave a queue needs a promise to wait on
  besides the one of the call. The least that does so by hand, a list of
  promises, takes ${timesFloor(all, floors.LIST.name, queued)} the floor,
  Holdfast ${timesFloor(all, HOLDFAST, queued)}. A prototype that called \`fn\`
  from the continuation of whoever released the lock took 1.3× to 1.4×; but
  there, \`AsyncLocalStorage\` gives \`fn\` the data of another request.
- Timeouts: a new \`DOMException\` costs more than a timer and a promise. By hand
  they take ${timesFloor(all, floors.FAILING_TIMER.name, timeouts)} the floor
  together, Holdfast ${timesFloor(all, HOLDFAST, timeouts)}. It makes the error
  in a continuation, 0.7 µs dearer than in the timer's callback, for a stack
  that leads to the caller. \`await-lock\` makes a plain \`Error\` there.
- \`tryAcquire()\`: \`await-lock\` sets a boolean, Holdfast gives a guard.
- \`acquire()\` with \`release()\` where tasks have contended before takes
  ${timesFloor(all, HOLDFAST, ["guard-again", "hand-again"])} the floor. V8
  inlines an \`await\` of a promise that it sees being resolved; where it may
  be one that waits, it calls its builtin, as the floor does.`.trim();
}

/** All tables of one runtime. */
function tables({ groups }: Results): string {
  return Object.entries(groups)
    .map(([group, figures]) => `#### ${group}\n\n${groupTable(figures)}`)
    .join("\n\n");
}

async function readme(results: readonly Results[]): Promise<string> {
  const [deno] = results as [Results];
  const source = await Deno.readTextFile(path("peers/candidates.ts"));
  const versions = Array.from(
    source.matchAll(/npm:((?:@\w+\/)?[\w-]+@[\d.]+)/g),
    ([, version]) => version,
  );
  return `# Benchmarks

Holdfast beside other libraries and beside the least that the same work costs
when done by hand. Measured on ${deno.date} on ${deno.cpu}.
\`deno task bench:report\` measures anew and writes this page.

![Bars: time per operation by library](libraries.svg)

## What is to be reached

Figures of Holdfast divided by what the last column names. Bold ones fall short
by more than a tenth. In Node and Bun, an \`acquire()\` with a \`release()\` may
take 1.6 times the floor; for the rest there are no bounds.

${goals(results)}

Where a peer is faster in Deno by more than a tenth:

${losses(deno)}

### Why it falls short there

${reasons(byId(deno))}

## How the cost grows

![Lines: time per task against tasks at once](waiters.svg)

![Lines: time to take and free a key against other keys held](keys.svg)

![Lines: time per waiter that gives up against waiters](giving_up.svg)

## All figures

In brackets, Holdfast is divided by the floor, which is the first of those done
by hand, and the others are divided by Holdfast.

${
    results.map((it) => `### ${it.runtime}, ${it.engine}\n\n${tables(it)}`)
      .join("\n\n")
  }

## How it is measured

- All candidates of a workload run in one process, in turns, in each round in
  another order; the figures are medians. Each has a copy of the measuring code
  of its own, as V8 would share feedback between equal copies.
- Each has to show that it never lets two in, nor lets in who has given up.
- What is given is the time of one operation: of one task where tasks contend,
  each of which stays inside for one tick; of one waiter where waiters give up,
  its \`AbortController\` included.
- Memory is what a garbage collection leaves on the heap.
- The libraries are ${[...new Set(versions)].join(", ")}.
`;
}

if (import.meta.main) {
  const results: Results[] = Deno.args.includes("--draw")
    ? JSON.parse(await Deno.readTextFile(path("results.json")))
    : await measureEverywhere();
  await Deno.writeTextFile(
    path("results.json"),
    JSON.stringify(results, rounded),
  );
  for (const [name, svg] of Object.entries(charts(results[0]!))) {
    await Deno.writeTextFile(path(name), await svg);
  }
  await Deno.writeTextFile(path("README.md"), await readme(results));
  await output([
    Deno.execPath(),
    "fmt",
    "--quiet",
    path("README.md"),
    path("results.json"),
  ]);
}
