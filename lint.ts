/**
 * Rules for `deno lint` and ESLint that find locks which are taken and never
 * freed.
 *
 * - `no-dropped-guard`: the guard of an `acquire()` is dropped, and the function
 *   does not free the lock by hand either.
 * - `no-raced-acquire`: an `acquire()` stands in `Promise.race` or
 *   `Promise.any`. If it loses, it still gets the lock later, and nobody has the
 *   guard.
 * - `using-needs-await`: `using guard = lock.acquire()` lacks its `await`.
 *
 * The rules look at files that import something from `@holdfast/sync`. There, a
 * lock is what the file makes with `new`, or what has a type that comes from
 * there. If the file does not say what something is, the name decides: `lock`,
 * `this.dbLock` or `locks.get(key)` is a lock, `pool` is not.
 *
 * In `deno.json` (Deno 2.2 or later):
 *
 * ```json
 * { "lint": { "plugins": ["jsr:@holdfast/sync/lint"] } }
 * ```
 *
 * In `eslint.config.js`:
 *
 * ```js ignore
 * import holdfast from "@holdfast/sync/lint";
 *
 * export default [holdfast.configs.recommended];
 * ```
 *
 * To allow a line, write `// deno-lint-ignore holdfast/no-dropped-guard` or
 * `// eslint-disable-next-line holdfast/no-dropped-guard` above it.
 *
 * @example
 * ```ts
 * import holdfast from "@holdfast/sync/lint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Object.keys(holdfast.rules), [
 *   "no-dropped-guard",
 *   "no-raced-acquire",
 *   "using-needs-await",
 * ]);
 * ```
 *
 * @module
 */

import { guardOf } from "./_core/lint_guard_path.ts";
import { importsLocks, KnownLocks } from "./_core/lint_known_locks.ts";
import {
  functionAround,
  methodOf,
  nameOf,
  type Node,
  promiseMethod,
} from "./_core/lint_syntax.ts";

/** A node of a syntax tree, as the linter gives it. */
export interface LintNode {
  /** Its kind in ESTree, such as `CallExpression`. */
  readonly type: string;
}

/** A rule, as `deno lint` and ESLint take it. */
export interface LintRule {
  /**
   * Returns what the linter should call for each kind of node. `context` comes
   * from the linter, and each has a type of its own for it.
   */
  create(context: never): Record<string, (node: LintNode) => void>;
}

/** A plugin, as `deno lint` and ESLint take it. */
export interface LintPlugin {
  /** The first part of the name of each rule: `holdfast`. */
  readonly name: string;
  /** The rules by name. */
  readonly rules: Record<string, LintRule>;
}

/** The plugin with settings for ESLint. */
export interface HoldfastPlugin extends LintPlugin {
  /** Settings for ESLint. */
  readonly configs: {
    /** Switches all rules on. */
    readonly recommended: {
      /** The plugin itself. */
      readonly plugins: Record<string, LintPlugin>;
      /** The rules, each an error. */
      readonly rules: Record<string, "error">;
    };
  };
}

/** What the rules need of the linter's context. */
interface Context {
  readonly sourceCode: { readonly ast: Node; getText(node: Node): string };
  report(fault: { node: Node; message: string }): void;
}

/** A call that takes or frees a lock. */
interface Call {
  readonly node: Node;
  readonly object: Node;
  /** The lock, as the file writes it. */
  readonly lock: string;
  readonly method: string;
}

/** What is wrong, and where. */
type Fault = [Node, string];

const TAKE = /^acquire(All)?$/;
const isTake = ({ method }: Call): boolean => TAKE.test(method);

/** Makes a rule that looks at the calls by which a file takes and frees locks. */
function rule(faultsIn: (calls: Call[]) => Iterable<Fault>): LintRule {
  return {
    create(context: Context) {
      if (!importsLocks(context.sourceCode.ast)) return {};
      const locks = new KnownLocks();
      const calls: Call[] = [];
      return {
        ...locks.visitor,
        CallExpression(node: Node) {
          const called = methodOf(node);
          if (called === undefined) return;
          const { object, property } = called;
          const method = nameOf(property);
          if (method !== "release" && !TAKE.test(method)) return;
          // `lock?.acquire()` and `lock!.release()` are about one lock.
          const text = context.sourceCode.getText(object);
          calls.push({ node, object, lock: text.replace(/[?!]/g, ""), method });
        },
        "Program:exit"() {
          const known = calls.filter(({ object, lock }) =>
            locks.has(object, lock)
          );
          for (const [node, message] of faultsIn(known)) {
            context.report({ node, message });
          }
        },
      };
    },
  };
}

function* droppedGuards(calls: Call[]): Iterable<Fault> {
  const takes = calls.filter(isTake);
  const freed = new Set(
    calls.filter((call) => !isTake(call))
      .flatMap((release) => freedBy(release, takes)),
  );
  for (const take of takes) {
    const { parent } = guardOf(take.node);
    if (parent!.type !== "ExpressionStatement" || freed.has(take)) continue;
    yield [
      take.node,
      `The guard of this ${take.method}() is dropped, and nothing here frees ` +
      "the lock: write `using _ = await …`, or keep the guard and release it",
    ];
  }
}

/** A release by hand belongs to the nearest function that takes the lock. */
function freedBy({ node, lock }: Call, takes: Call[]): Call[] {
  let around = node;
  let taken: Call[] = [];
  while (taken.length === 0 && around.parent) {
    around = functionAround(around);
    taken = takes.filter((take) =>
      take.lock === lock && functionAround(take.node) === around
    );
  }
  return taken;
}

function* racedAcquires(calls: Call[]): Iterable<Fault> {
  for (const { node, method } of calls.filter(isTake)) {
    const { parent } = guardOf(node);
    const race = promiseMethod(parent!);
    if (race !== "race" && race !== "any") continue;
    yield [
      node,
      `Promise.${race} leaves this ${method}() waiting if it loses, and then ` +
      "nobody has the guard: give it a `timeout` or a `signal` instead",
    ];
  }
}

function* usingPromises(calls: Call[]): Iterable<Fault> {
  for (const { node, method } of calls.filter(isTake)) {
    const { parent } = guardOf(node, "AwaitExpression");
    if (!parent!.parent?.kind?.endsWith("using")) continue;
    yield [
      node,
      `This is a promise of a guard: write \`using _ = await …${method}()\``,
    ];
  }
}

const rules: Record<string, LintRule> = {
  "no-dropped-guard": rule(droppedGuards),
  "no-raced-acquire": rule(racedAcquires),
  "using-needs-await": rule(usingPromises),
};

/** The plugin. The module's documentation says how to switch it on. */
const plugin: HoldfastPlugin = {
  name: "holdfast",
  rules,
  configs: {
    recommended: {
      plugins: { holdfast: { name: "holdfast", rules } },
      rules: {
        "holdfast/no-dropped-guard": "error",
        "holdfast/no-raced-acquire": "error",
        "holdfast/using-needs-await": "error",
      },
    },
  },
};

export default plugin;
