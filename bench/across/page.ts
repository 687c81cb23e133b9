/**
 * Writes the page with all figures, and draws the charts.
 *
 * @module
 */

import { lines, type Point } from "../peers/svg.ts";
import { spaced, table } from "../peers/words.ts";
import type { Cost } from "./alone.ts";
import { type Candidate, candidates, LEASE } from "./candidates.ts";
import type { Growth } from "./growth.ts";
import type { Results } from "./main.ts";

/** What Holdfast should reach beside the bare commands. */
const MOST = 1.3;

/** Returns the charts as SVG, by file names. */
export async function charts(
  results: Results,
): Promise<Record<string, string>> {
  const keys = { x: "keys that one process holds" };
  const waiters = { x: "processes that wait for one key" };
  const { keys: held, waiters: waiting } = results;
  return {
    "requests.svg": await lines(
      "Requests for each hand-over",
      { ...waiters, y: "requests", unit: "requests" },
      [panel(waiting, ({ requests }) => requests)],
    ),
    "hand_over.svg": await lines(
      "Time for each hand-over",
      { ...waiters, y: "time", unit: "ms" },
      [panel(waiting, ({ ms }) => ms)],
    ),
    "heartbeats.svg": await lines(
      "Requests for the heartbeat",
      { ...keys, y: "requests a second", unit: "requests" },
      [panel(held, ({ requests }) => requests)],
    ),
    "memory.svg": await lines(
      "Memory of the process",
      { ...keys, y: "for each key", unit: "bytes" },
      [panel(held, ({ heapBytes }) => heapBytes)],
    ),
  };
}

/** Lines of the sizes at which there is a figure. */
function panel<T extends Growth>(
  all: readonly T[],
  figure: (it: T) => number | undefined,
): { title: string; points: Point[] } {
  return {
    title: "",
    points: all.flatMap((it) => {
      const value = figure(it);
      return value === undefined || value === 0
        ? []
        : [{ name: of(it.name).engine, size: it.size, value }];
    }),
  };
}

/** Returns the page as Markdown. */
export function page(results: Results): string {
  const { date, machine, alone, many, contention, takeOver, waiters, keys } =
    results;
  return `# Benchmarks across processes

<!-- \`deno task bench:across\` writes this page. Don't edit it by hand. -->

The locks on Redis, PostgreSQL, files and Web Locks, beside the bare commands
and beside other libraries, on the same servers in the same run.
\`deno task bench:across\` measured all of this on ${date} (${machine}), and
wrote this page and the charts.

## A key that nobody else wants

The time to take and free it. In brackets: compared with the bare commands. A
bold figure misses the bound for Holdfast, ${MOST}, by more than a tenth.

${costs(alone)}

## 64 keys at once over one connection

For each key.

${costs(many)}

### Why these are missed

- On Redis, taking and freeing are scripts, which keep a queue and make a token.
  Sent by hand, they take up nearly half of the difference. The rest is the queue
  of the process, the limits of the wait, the lease and its timer: some tens of
  microseconds if the process has just slept.
- With \`{ sequence }\`, PostgreSQL also makes a token, and the bare advisory lock
  does not.
- Web Locks and files answer within microseconds, and the same code of ours takes
  as long again. With 64 keys at once on Redis, it is the larger part as well.

## Four processes on one key

A hand-over is the time from the end of one hold to the begin of the next one,
in another process. Each library pauses between two tries for as long as it does
by default, and \`proper-lockfile\` for 10 ms.

${
    table(
      ["", "holds a second", "share of each, %", "hand-over p50", "p99"],
      contention.map(({ name, holdsPerSecond, shares, handOver }) => [
        name,
        holdsPerSecond.toFixed(0),
        shares.map((share) => share.toFixed(0)).join(", "),
        ms(handOver.p50),
        ms(handOver.p99),
      ]),
    )
  }

## After SIGKILL

How long the next one waits, in five trials. A lease takes ${LEASE} ms here.

${
    table(
      ["", "ms"],
      takeOver.map(({ name, ms }) => [
        name,
        ms.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0)).join(", "),
      ]),
    )
  }

## Many who wait for one key

Each is an object with connections of its own, as in a process of its own.

![Lines: requests for each hand-over against waiters](requests.svg)

![Lines: time for each hand-over against waiters](hand_over.svg)

${
    table(
      ["", "waiters", "requests for each hand-over", "time for each"],
      waiters.map(({ name, size, requests, ms: time }) => [
        name,
        spaced(size),
        requests?.toFixed(1) ?? "–",
        ms(time),
      ]),
    )
  }

## Many keys that one process holds

The lease is the default here, ten seconds.

![Lines: requests for the heartbeat against keys](heartbeats.svg)

![Lines: memory of the process against keys](memory.svg)

${
    table(
      [
        "",
        "keys",
        "heartbeat, requests a second",
        "heap, bytes a key",
        "server",
      ],
      keys.map(({ name, size, requests, heapBytes, serverBytes }) => [
        name,
        spaced(size),
        requests?.toFixed(1) ?? "–",
        spaced(Math.round(heapBytes)),
        serverBytes === undefined ? "–" : spaced(Math.round(serverBytes)),
      ]),
    )
  }

## How it is measured

- In the first two tables, all candidates of an engine run in one process. Each
  has its turn in each round, and the figures are medians of the rounds.
- \`durable id\` is what a fencing token is made of in PostgreSQL. The server
  writes it to disk before it answers. With \`{ sequence }\`, it does not.
- Redis does not write to disk here.
- A library that polls, or that lets whoever comes take the key, changes holders
  less often. So it has more holds a second, but other processes wait longer: see
  p99 and the shares.
- The requests of PostgreSQL's heartbeat are all that its statistics count for
  the database, its own work included.
`;
}

/** A table of what each candidate takes, by engine. */
function costs(groups: readonly (readonly Cost[])[]): string {
  const rows = groups.flat().map(({ name, us, ratio }) => {
    const { is } = of(name);
    const missed = is === "Holdfast" && ratio! > MOST * 1.1;
    const compared = ratio === undefined ? "" : ` (${ratio.toFixed(2)}×)`;
    const text = `${us < 10 ? us.toFixed(1) : us.toFixed(0)} µs${compared}`;
    return [name, missed ? `**${text}**` : text];
  });
  return table(["", "time"], rows);
}

function of(name: string): Candidate {
  return candidates.find((it) => it.name === name)!;
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}
