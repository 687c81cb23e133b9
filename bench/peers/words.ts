/**
 * Figures as people read them.
 *
 * @module
 */

import type { Figures } from "./types.ts";

/** A figure with three digits: `1.25 µs`, `304 bytes`. */
export function inWords(value: number, unit: Figures["unit"]): string {
  const units = unit === "ns" ? ["ns", "µs", "ms", "s"] : ["bytes", "kB", "MB"];
  let power = 0;
  while (Math.abs(value) >= 999.5 && power < units.length - 1) {
    value /= 1_000;
    power++;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(Math.max(0, digits))} ${units[power]}`;
}

/** A number with its digits in groups of three: `100 000`. */
export function spaced(n: number): string {
  return n.toLocaleString("en").replaceAll(",", " ");
}

/** A table in Markdown, with figures in all columns but the first. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const rule = header.map((_, i) => i === 0 ? "---" : "--:");
  return [header, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
