/**
 * Draws figures as SVG that can be read on light and on dark pages.
 *
 * @module
 */

import { parse, type Spec, View } from "npm:vega@6.4.0";
import { compile, type TopLevelSpec } from "npm:vega-lite@6.5.0";
import { HOLDFAST } from "./holdfast.ts";
import { inWords } from "./words.ts";

/** The name of the floor in charts. */
export const BY_HAND = "by hand";

/** One of several charts side by side. */
export interface Panel {
  readonly title: string;
  readonly points: readonly Point[];
}

/** The cost of an operation. */
export interface Point {
  readonly name: string;
  /** Follows the name. */
  readonly note?: string;
  readonly value: number;
  /** The number of tasks, keys or waiters. */
  readonly size?: number;
}

/** They differ on white and on black, and for the colour-blind. */
const COLOURS: Readonly<Record<string, string>> = {
  [HOLDFAST]: "#d55e00",
  [BY_HAND]: "#888888",
  "await-lock": "#3d8fd1",
  "async-sema": "#009e73",
  "es-toolkit": "#cc79a7",
  "mutexify": "#b8860b",
  "@esfx": "#7a8ccf",
  "async-mutex": "#45b0c9",
  "async-lock": "#9467bd",
  "p-limit": "#8a8f2a",
  "navigator.locks": "#c25b6b",
  "Redis": "#d55e00",
  "PostgreSQL": "#3d8fd1",
  "files": "#009e73",
};

const COLOUR = {
  field: "name",
  scale: { domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
  legend: null,
} as const;

/** What is counted or measured. */
export type Unit = "ns" | "ms" | "bytes" | "requests";

const POWERS = {
  values: Array.from({ length: 14 }, (_, i) => 10 ** (i - 4)),
};

const AXES: Readonly<Record<Unit, object>> = {
  ns: {
    ...POWERS,
    labelExpr: `datum.value < 1e3 ? datum.value + " ns"
      : datum.value < 1e6 ? datum.value / 1e3 + " µs"
      : datum.value / 1e6 + " ms"`,
  },
  ms: { ...POWERS, labelExpr: 'datum.value + " ms"' },
  bytes: { ...POWERS, labelExpr: 'format(datum.value, ",") + " B"' },
  requests: { ...POWERS, labelExpr: "datum.value" },
};

/** Bars, one for the cost of an operation, with the fastest on top. */
export function bars(title: string, panels: readonly Panel[]): Promise<string> {
  const domain = powersOfTen(panels);
  return draw({
    title: { text: title, offset: 14 },
    hconcat: panels.map(({ title, points }) => ({
      title: { text: title, fontSize: 12 },
      width: 300,
      height: { step: 22 },
      data: {
        values: points.map(({ name, note = "", value }) => ({
          name,
          value,
          label: name + note,
          figure: inWords(value, "ns"),
        })),
      },
      encoding: {
        y: {
          field: "label",
          sort: { field: "value" },
          axis: { title: null, domain: false, ticks: false },
        },
        x: {
          field: "value",
          type: "quantitative",
          scale: { type: "log", domain },
          axis: { ...AXES.ns, title: "time per operation (log scale)" },
        },
      },
      layer: [
        {
          mark: { type: "bar", height: 15 },
          encoding: {
            color: COLOUR,
            x2: { datum: domain[0] },
          },
        },
        {
          mark: { type: "text", align: "left", dx: 4 },
          encoding: { text: { field: "figure" } },
        },
      ],
    })),
  });
}

const WIDTH = 300;
const HEIGHT = 280;
const LINE = 13;

/** Lines of the cost of an operation against the size. */
export function lines(
  title: string,
  axes: { readonly x: string; readonly y: string; readonly unit: Unit },
  panels: readonly Panel[],
): Promise<string> {
  const domain = powersOfTen(panels);
  return draw({
    title: { text: title, offset: 14 },
    columns: 2,
    concat: panels.map(({ title, points }) => ({
      title: { text: title, fontSize: 12 },
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          data: { values: points.map((point) => ({ ...point })) },
          mark: { type: "line", point: { size: 30, filled: true } },
          encoding: {
            x: {
              field: "size",
              type: "ordinal",
              axis: {
                title: `${axes.x} (log scale)`,
                labelExpr: 'replace(format(datum.value, ","), /,/g, " ")',
              },
            },
            y: {
              field: "value",
              type: "quantitative",
              scale: { type: "log", domain },
              axis: { ...AXES[axes.unit], title: `${axes.y} (log scale)` },
            },
            color: COLOUR,
            strokeWidth: {
              condition: { test: `datum.name === "${HOLDFAST}"`, value: 3.5 },
              value: 1.5,
            },
            strokeDash: {
              condition: { test: `datum.name === "${BY_HAND}"`, value: [5, 4] },
              value: [1, 0],
            },
          },
        },
        {
          data: { values: endLabels(points, domain) },
          mark: { type: "text", align: "left", dx: 8, fontSize: 11 },
          encoding: {
            x: { field: "x", type: "quantitative", scale: null },
            y: { field: "y", type: "quantitative", scale: null },
            text: { field: "name" },
            color: COLOUR,
          },
        },
      ],
    })),
  } as TopLevelSpec);
}

/** Puts the names of the lines at their ends, without overlap. */
function endLabels(points: readonly Point[], domain: readonly number[]) {
  const sizes = [...new Set(points.map(({ size }) => size))];
  const [bottom, top] = domain.map(Math.log10) as [number, number];
  const ends = new Map(points.map((point) => [point.name, point]));
  const labels = Array.from(ends.values(), ({ name, value, size }) => ({
    name,
    x: WIDTH * (sizes.indexOf(size) + 0.5) / sizes.length,
    y: HEIGHT * (top - Math.log10(value)) / (top - bottom),
  })).sort((a, b) => a.x - b.x || a.y - b.y);
  for (let round = 0; round < 100; round++) {
    for (const [i, below] of labels.entries()) {
      const above = labels[i - 1];
      if (above?.x !== below.x) continue;
      const overlap = Math.max(0, above.y + LINE - below.y);
      above.y -= overlap / 2;
      below.y += overlap / 2;
    }
  }
  return labels;
}

function powersOfTen(panels: readonly Panel[]): [number, number] {
  const logs = panels.flatMap(({ points }) =>
    points.map(({ value }) => Math.log10(value))
  );
  return [
    10 ** Math.floor(Math.min(...logs)),
    10 ** Math.ceil(Math.max(...logs)),
  ];
}

async function draw(spec: object): Promise<string> {
  const { spec: compiled } = compile({
    ...spec,
    background: "transparent",
    padding: 12,
    config: {
      font: "system-ui, sans-serif",
      view: { stroke: null },
      title: { color: "currentColor", anchor: "start", fontSize: 14 },
      text: { color: "currentColor" },
      axis: {
        labelColor: "currentColor",
        titleColor: "currentColor",
        tickColor: "currentColor",
        domainColor: "currentColor",
        gridColor: "currentColor",
        gridOpacity: 0.15,
        labelFontSize: 11,
        labelLimit: 200,
      },
      axisX: { grid: true, labelAngle: 0 },
    },
  } as TopLevelSpec);
  const svg = await new View(parse(compiled as Spec), { renderer: "none" })
    .toSVG();
  return svg.replace(
    ">",
    "><style>svg { color: #1f2328 } " +
      "@media (prefers-color-scheme: dark) { svg { color: #e6edf3 } }</style>",
  ) + "\n";
}
