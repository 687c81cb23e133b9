/** What the lint rules find in a file. */

import plugin from "../../lint.ts";

/** Lints code and returns the calls that the rule of that name finds fault with. */
export function found(rule: string, code: string): string[] {
  return Deno.lint.runPlugin(
    { name: plugin.name, rules: { [rule]: plugin.rules[rule]! } },
    "code.ts",
    code,
  ).map(({ range: [start, end] }) => code.slice(start, end));
}
