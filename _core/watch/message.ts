/**
 * Private: how a stall is told.
 *
 * @module
 */

import { keysLabel, label } from "../errors.ts";
import type { Kind } from "./analysis.ts";
import type { Use } from "../../watch.ts";

/**
 * What can be waited for, in words: its type, and how to wait for it. The locks
 * of \`across/\` are not here: they have keys and no names.
 */
const WORDS: Record<string, [type: string, verb?: string, stillSo?: string]> = {
  Lock: ["lock"],
  KeyedLock: ["keyed lock"],
  Semaphore: ["semaphore"],
  RwLock: ["read-write lock"],
  Gate: ["gate", "pass", "it is still closed"],
  Condition: ["condition of lock", "wait for", "it is still not notified"],
  Barrier: ["barrier", "pass", "more parties are still needed"],
  once: ["once function", "call", "it is still running"],
};

/** What can be held by whoever was there before the watch. */
const HOLDABLE = new Set(["Lock", "KeyedLock", "Semaphore", "RwLock"]);

/** Tells a stall in a few lines: what happened, who is in the way, so what. */
export function messageOf(
  kind: Kind,
  waited: number,
  chain: readonly [Use, ...Use[]],
  isLoopEmpty: boolean,
): string {
  const [wait] = chain;
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

function reasonFor(
  kind: Kind,
  [{ primitive }, other]: readonly [Use, ...Use[]],
): string {
  const [, , stillSo = "it is still held"] = WORDS[primitive] ?? [];
  const isOnce = primitive === "once";
  const mine = "the run() that this call was made in";
  if (kind === "reentrant") {
    if (isOnce) return "this call was made in the run that it waits for";
    return other?.state === "waiting"
      ? `the wait in front of it is for ${mine}`
      : `it is held by ${mine}`;
  }
  if (kind === "deadlock") {
    return `${isOnce ? "its run" : "what holds it"} waits for ${mine}`;
  }
  if (kind === "abandoned") {
    // It takes the garbage collector, so programs of their own test it.
    // deno-coverage-ignore-start
    return isOnce
      ? "nothing can end its run any more"
      : "the guard that holds it was lost without a release";
    // deno-coverage-ignore-stop
  }
  if (other?.state === "waiting") return "others are first";
  if (other !== undefined) return stillSo;
  if (!(primitive in WORDS)) {
    return "what is in its way is elsewhere, or began unwatched";
  }
  return HOLDABLE.has(primitive)
    ? "what is in its way began unwatched"
    : stillSo;
}

function conclusionOf(
  kind: Kind,
  [{ primitive }]: readonly [Use, ...Use[]],
  isLoopEmpty: boolean,
): string[] {
  const lines = [];
  if (kind === "abandoned" && primitive !== "once") {
    lines.push(
      "The garbage collector took the guard. Keep it with `using`, or use run().",
    );
  }
  if (isLoopEmpty) {
    lines.push("Nothing is left to run, so this wait will never end.");
  } else if (kind === "reentrant") {
    const run = primitive === "once" ? "run" : "run()";
    lines.push(`If that ${run} waits for this call, neither will ever end.`);
  } else if (kind === "deadlock") {
    lines.push("If each holder waits for its own calls, none will ever end.");
  }
  return lines;
}

function labelOf({ primitive, name, key, mode, permits = 1 }: Use): string {
  const [type] = WORDS[primitive] ?? [primitive];
  if (key !== undefined || primitive === "KeyedLock") {
    const label = keysLabel(Array.isArray(key) ? key : [key], type, name);
    return primitive in WORDS ? label : `${label} of ${primitive}`;
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
  // A second takes real time, so programs of their own test it.
  // deno-coverage-ignore-start
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
  // deno-coverage-ignore-stop
}
