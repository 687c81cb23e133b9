/**
 * Private: follows the guard of an `acquire()` through the expressions that
 * only hand it on, for the lint rules.
 *
 * @module
 */

import { methodOf, nameOf, type Node, promiseMethod } from "./lint_syntax.ts";

/**
 * The outermost expression that has the guard, or a promise of it, as seen from
 * an expression that has it. Goes no further than into a node of type `stop`.
 */
export function guardOf(node: Node, stop?: string): Node {
  const outer = node.parent?.type === stop ? undefined : handsOn(node);
  return outer ? guardOf(outer, stop) : node;
}

const HAND_ON = [
  "ArrayExpression",
  "AwaitExpression",
  "ChainExpression",
  "ConditionalExpression",
  "LogicalExpression",
  "SpreadElement",
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "UnaryExpression", // `void lock.acquire()`
];

/** The expression around a guard, if that has the guard too. */
function handsOn(node: Node): Node | undefined {
  const parent = node.parent!;
  switch (parent.type) {
    case "MemberExpression": // of a promise
      return ["catch", "finally"].includes(nameOf(parent.property!))
        ? parent
        : undefined;
    case "CallExpression":
      return parent.callee === node ||
          /^all(Settled)?$/.test(promiseMethod(parent))
        ? parent
        : undefined;
    case "ArrowFunctionExpression": // `keys.map((key) => locks.acquire(key))`
      return methodOf(parent.parent!)?.property.name === "map"
        ? parent.parent
        : undefined;
    default:
      return HAND_ON.includes(parent.type) ? parent : undefined;
  }
}
