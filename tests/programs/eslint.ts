/**
 * Lints what it reads with ESLint, and prints what the rules find. It is a
 * program of its own as ESLint asks for permissions that no test needs.
 *
 * @module
 */

// @ts-types="npm:eslint@10.15.0"
import { Linter } from "npm:eslint@10.15.0/universal";
import "npm:typescript@6.0.3"; // the parser takes this one
import * as parser from "npm:@typescript-eslint/parser@8.73.0";
import holdfast from "../../lint.ts";

const code = await new Response(Deno.stdin.readable).text();
const { recommended } = holdfast.configs;
const config = Deno.args.includes("--typescript")
  ? { ...recommended, languageOptions: { parser } }
  : recommended;

for (const { ruleId, line, message } of new Linter().verify(code, [config])) {
  console.log(`${line}: ${ruleId ?? message}`);
}
