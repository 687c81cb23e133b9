/**
 * Runs the tests, those of the docs included. Prints a dot for each, then the
 * failures, Deno's count, and what the tests explored. Takes files and options of
 * `deno test`; `--reporter=pretty` names each test, and shows what it prints.
 *
 * ```sh
 * deno task test tests/lock --filter fair
 * ```
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { type Entry, lineOf } from "../tests/support/summary.ts";
import { stdOptions } from "./std_source.ts";

/** How many dots stand in a line. */
const WIDTH = 80;
let dots = 0;

const file = await Deno.makeTempFile();
// Deno names the tests that are pending when it is interrupted: wait for that.
Deno.addSignalListener("SIGINT", () => {});
try {
  const { stdout, stderr, status } = new Deno.Command(Deno.execPath(), {
    args: await options(),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await Promise.all([
    copy(stdout, Deno.stdout),
    copy(stderr, Deno.stderr),
  ]);
  Deno.exitCode = (await status).code;
  for (const entry of sums(await Deno.readTextFile(file))) {
    console.log(lineOf(entry));
  }
} finally {
  await Deno.remove(file);
}

async function options(): Promise<string[]> {
  const isNamed = Deno.args.some((option) => option.startsWith("--reporter"));
  return [
    ...["test", "--doc", "--shuffle"],
    ...isNamed ? [] : ["--reporter=dot"],
    ...["-R", "-E=HOLDFAST_SOURCES", "--allow-net=127.0.0.1"],
    `--allow-write=${Deno.env.get("TMPDIR") ?? "/tmp"}`,
    `--allow-run=${Deno.execPath()}`,
    ...await stdOptions(),
    ...Deno.args,
    ...["--", file],
  ];
}

/**
 * Copies what `deno test` prints. If that is no terminal, it prints each dot on a
 * line of its own, and it names each file that it checks.
 */
async function copy(
  from: ReadableStream<BufferSource>,
  to: { writeSync(data: Uint8Array): number },
): Promise<void> {
  const encoder = new TextEncoder();
  for await (const line of lines(from)) {
    const plain = stripVTControlCharacters(line);
    if (plain.startsWith("Check ")) continue;
    let text = `${line}\n`;
    if (/^[.,!]+$/.test(plain)) {
      dots += plain.length;
      text = dots % WIDTH < plain.length ? `${plain}\n` : plain;
    } else if (dots > 0) {
      text = `\n${text}`;
      dots = 0;
    }
    to.writeSync(encoder.encode(text));
  }
}

async function* lines(from: ReadableStream<BufferSource>) {
  let rest = "";
  for await (const text of from.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + text).split("\n");
    rest = whole.pop()!;
    yield* whole;
  }
  if (rest !== "") yield rest;
}

/** Adds up the lines about the same. */
function sums(text: string): Entry[] {
  const sums = new Map<string, Record<string, number>>();
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const { what, counts }: Entry = JSON.parse(line);
    const sum = sums.get(what) ?? {};
    for (const [name, count] of Object.entries(counts)) {
      sum[name] = (sum[name] ?? 0) + count;
    }
    sums.set(what, sum);
  }
  return Array.from(sums, ([what, counts]) => ({ what, counts }))
    .sort((a, b) => a.what < b.what ? -1 : 1);
}
