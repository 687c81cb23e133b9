/**
 * Several processes that want one key.
 *
 * @module
 */

import { clock } from "../../tests/across/orders.ts";
import { quantile } from "./alone.ts";
import type { Candidate, Places } from "./candidates.ts";

/** Another process. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;

  constructor(mode: string, { name }: Candidate, at: Places, amount = 0) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--expose-gc",
        new URL("./process.ts", import.meta.url).href,
        mode,
        name,
        JSON.stringify(at),
        `${amount}`,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#output = this.#process.stdout
      .pipeThrough(new TextDecoderStream()).getReader();
  }

  /** What it prints next: one line. */
  async line(): Promise<string> {
    let text = "";
    while (!text.endsWith("\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`A process has ended after "${text}"`);
      text += value;
    }
    return text;
  }

  /** Lets it begin. */
  async go(): Promise<void> {
    const input = this.#process.stdin.getWriter();
    await input.write(new Uint8Array(1));
    await input.close();
  }

  /** SIGKILL. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch { /* it has ended */ }
    await this.#process.status;
  }
}

/** What four processes on one key came to. */
export interface Contention {
  readonly name: string;
  readonly holdsPerSecond: number;
  /** Of each process, in per cent. */
  readonly shares: readonly number[];
  /** From one process to another, in ms. */
  readonly handOver: { readonly p50: number; readonly p99: number };
}

const TIME = 3000;

/** Four processes take one key over and over. */
export async function contend(
  candidate: Candidate,
  at: Places,
): Promise<Contention> {
  await using children = new AsyncDisposableStack();
  const four = [1, 2, 3, 4].map(() =>
    children.use(new Child("contend", candidate, at, TIME))
  );
  await Promise.all(four.map((child) => child.line()));
  await Promise.all(four.map((child) => child.go()));
  const inside = await Promise.all(
    four.map(async (child) =>
      JSON.parse(await child.line()) as [from: number, to: number][]
    ),
  );
  const all = inside
    .flatMap((its, who) => its.map(([from, to]) => ({ who, from, to })))
    .sort((a, b) => a.from - b.from);
  const passed = all.slice(1).flatMap(({ who, from }, i) => {
    const before = all[i]!;
    return who === before.who ? [] : [from - before.to];
  });
  return {
    name: candidate.name,
    holdsPerSecond: all.length / TIME * 1000,
    shares: inside.map((its) => 100 * its.length / all.length),
    handOver: { p50: quantile(passed, 0.5), p99: quantile(passed, 0.99) },
  };
}

/** The times in ms until a waiter has the key of a holder that was killed. */
export async function takeOver(
  candidate: Candidate,
  at: Places,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const holder = new Child("hold", candidate, at);
    await holder.line();
    await using opened = await candidate.open(at);
    const waiting = opened.take("taken-over");
    // Long enough to be in line, and another part of the lease each time.
    await new Promise((resolve) => setTimeout(resolve, 500 + 70 * i));
    const killed = clock();
    await holder[Symbol.asyncDispose]();
    const free = await waiting;
    times.push(clock() - killed);
    await free();
  }
  return times;
}
