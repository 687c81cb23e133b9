/**
 * Private: how a stall is told.
 *
 * @module
 */

import { keysLabel, label } from "../errors.ts";
import type { Kind } from "./analysis.ts";
import type { Use } from "./use.ts";

/** What can be waited for, in words: its type, and how to wait for it. */
const WORDS: Record<string, [type: string, verb?: string, stillSo?: string]> = {
  Lock: ["lock"],
  KeyedLock: ["keyed lock"],
  Semaphore: ["semaphore"],
  RwLock: ["read-write lock"],
  Gate: ["gate", "pass", "it is still closed"],
  Condition: ["condition of lock", "wait for", "it is still not notified"],
  Barrier: ["barrier", "pass", "more parties are still needed"],
  once: ["once function", "call"],
};

/** Tells a stall in a few lines: what happened, who is in the way, so what. */
export function messageOf(
  kind: Kind,
  waited: number,
  chain: readonly Use[],
  isLoopEmpty: boolean,
): string {
  const [wait] = chain as [Use];
  const [, verb = "acquire"] = WORDS[wait.primitive] ?? [];
  const heading = `Cannot ${verb} ${labelOf(wait)} after ${
    Math.round(waited)
  } ms: ${reasonFor(kind, chain)}`;
  const labels = chain.map(labelOf);
  const width = Math.max(...labels.map(({ length }) => length)) + 4;
  const lines = chain.map((use, i) => {
    const details = [
      ...i > 0 ? [`for ${duration(use)}`] : [],
      ...use.at ? [`at ${use.at}`] : [],
    ];
    const columns = [use.state.padEnd(10), labels[i]!.padEnd(width)];
    return `  ${columns.join("")}${details.join(", ")}`.trimEnd();
  });
  return [heading, ...lines, ...conclusionOf(kind, chain, isLoopEmpty)]
    .join("\n");
}

function reasonFor(kind: Kind, chain: readonly Use[]): string {
  const [{ primitive }, other] = chain as [Use, Use?];
  const [, , stillSo] = WORDS[primitive] ?? [];
  if (stillSo !== undefined) return stillSo;
  switch (kind) {
    case "reentrant":
      if (primitive === "once") {
        return "this call was made in the run that it waits for";
      }
      return other?.state === "waiting"
        ? "who waits in front of it waits for the run() that this call was made in"
        : "it is held by the run() that this call was made in";
    case "deadlock":
      return "it is held by what waits for the run() that this call was made in";
    case "abandoned":
      return "it is held by a guard that was lost without a release";
    case "slow":
      if (other === undefined) return "what is in its way began unwatched";
      return other.state === "holding"
        ? "it is still held"
        : "others are first";
  }
}

function conclusionOf(
  kind: Kind,
  chain: readonly Use[],
  isLoopEmpty: boolean,
): string[] {
  if (isLoopEmpty) return ["Nothing is left to run, so it will never end."];
  switch (kind) {
    case "reentrant":
      return chain[0]?.primitive === "once"
        ? ["If that run waits for this call, neither will ever end."]
        : ["If that run() waits for this call, neither will ever end."];
    case "deadlock":
      return [
        "If each of these holders waits for what was called inside, none will ever end.",
      ];
    case "abandoned":
      return [
        "The garbage collector took the guard. Keep it with `using`, or use run().",
      ];
    case "slow":
      return [];
  }
}

function labelOf({ primitive, name, key, mode, permits = 1 }: Use): string {
  const [type] = WORDS[primitive] ?? [primitive];
  if (key !== undefined || primitive === "KeyedLock") {
    return keysLabel(Array.isArray(key) ? key : [key], type, name);
  }
  const of = permits === 1 ? "" : `${permits} permits of `;
  const how = mode === undefined
    ? ""
    : mode === "read"
    ? " for reading"
    : " for writing";
  return of + label(type, name) + how;
}

function duration({ state, waited, held }: Use): string {
  const milliseconds = state === "waiting" ? waited : held;
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
