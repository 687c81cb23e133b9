/**
 * Chooses what the charts show.
 *
 * @module
 */

import type { Results } from "./main.ts";
import { byId } from "./readme.ts";
import { bars, BY_HAND, lines, type Panel, type Point } from "./svg.ts";
import type { Figures } from "./types.ts";
import type { Measured } from "./bounds.ts";

/** Returns the charts as SVG, by file names. */
export async function charts(
  results: Results,
): Promise<Record<string, string>> {
  const { runtime } = results;
  const all = byId(results);
  return {
    "libraries.svg": await bars(`${runtime}, less is better`, [
      barPanel(all, "One task alone takes and frees the lock", {
        "guard": "",
        "hand": "",
        "run-async": " (run)",
      }),
      barPanel(all, "1 000 tasks come at once", { "contended-1000": "" }),
    ]),
    "waiters.svg": await lines(
      `Tasks that contend (${runtime})`,
      { x: "tasks", y: "time per turn", unit: "ns" },
      [
        linePanel(all, "They come at once", "contended"),
        linePanel(all, "They come and go", "come-and-go"),
      ],
    ),
    "keys.svg": await lines(
      `One key while others are held (${runtime})`,
      { x: "other keys", y: "time to take and free it", unit: "ns" },
      [linePanel(all, "", "hot")],
    ),
    "giving_up.svg": await lines(
      `Waiters that give up (${runtime})`,
      { x: "waiters", y: "time per waiter", unit: "ns" },
      [
        linePanel(all, "Aborted from the front", "front"),
        linePanel(all, "Aborted from the back", "back"),
        linePanel(all, "Aborted at random", "random"),
        linePanel(all, "Aborted by one signal", "shared"),
      ],
    ),
  };
}

/** Bars of the first workload, then of the next for those it lacks, … */
function barPanel(
  all: Measured,
  title: string,
  notes: Readonly<Record<string, string>>,
): Panel {
  const points = new Map<string, Point>();
  for (const [id, note] of Object.entries(notes)) {
    for (const [name, value] of costs(all.get(id)!)) {
      if (!points.has(name)) points.set(name, { name, note, value });
    }
  }
  return { title, points: [...points.values()] };
}

/** Lines of the workloads that differ only in size. */
function linePanel(all: Measured, title: string, series: string): Panel {
  const points = [...all.values()].flatMap((figures) => {
    const [, name, size] = /(.*)-(\d+)$/.exec(figures.id) ?? [];
    if (name !== series) return [];
    return Array.from(
      costs(figures),
      ([name, value]) => ({ name, value, size: Number(size) }),
    );
  });
  return { title, points };
}

/** Costs by name: of Holdfast, of the peers, and of the floor. */
function costs({ values, controls }: Figures): Map<string, number> {
  const [floor = "", ...others] = controls;
  const costs = new Map(Object.entries(values));
  costs.set(BY_HAND, values[floor]!);
  for (const name of [floor, ...others]) costs.delete(name);
  return costs;
}
