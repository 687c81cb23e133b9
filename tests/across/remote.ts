/**
 * Locks in another process, which does as it is told and logs its holds.
 *
 * @module
 */

import type { Spec } from "./open.ts";
import { clock, type Line, type Order } from "./orders.ts";

/** A time during which a process held a key, in ms by the machine's clock. */
export interface Interval {
  readonly who: string;
  readonly key: string;
  readonly from: number;
  to: number;
  readonly token: bigint | undefined;
}

/** Another process. */
export class Remote implements AsyncDisposable {
  readonly intervals: Interval[] = [];
  readonly #name: string;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  readonly #answers: ((line: Line) => void)[] = [];
  isDead = false;

  constructor(spec: Spec, name = "remote") {
    this.#name = name;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--unstable-no-legacy-abort",
        new URL("./remote_main.ts", import.meta.url).href,
        JSON.stringify(spec),
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Tells it to do something; resolves with what comes of it. */
  async tell(order: Order): Promise<unknown> {
    const answer = new Promise<Line>((resolve) => this.#answers.push(resolve));
    const text = JSON.stringify({ ...order, id: this.#answers.length - 1 });
    await this.#input.write(new TextEncoder().encode(text + "\n"));
    const line = await answer;
    if ("error" in line) throw new Error(line.error);
    return (line as { value: unknown }).value;
  }

  /** SIGSTOP, SIGCONT. */
  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** SIGKILL. Its holds end now. */
  async kill(): Promise<void> {
    if (this.isDead) return;
    this.isDead = true;
    this.#process.kill("SIGKILL");
    const at = clock();
    await this.#input.abort().catch(() => {});
    await this.#process.status;
    await this.#reading;
    for (const interval of this.intervals) {
      interval.to = Math.min(interval.to, at);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #read(): Promise<void> {
    let rest = "";
    const text = this.#process.stdout.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#take(JSON.parse(line));
    }
    for (const answer of this.#answers) {
      answer({ answer: 0, error: `${this.#name} is gone` });
    }
  }

  #take(line: Line): void {
    if ("answer" in line) this.#answers[line.answer]!(line);
    else if ("in" in line) {
      this.intervals.push({
        who: this.#name,
        key: line.in,
        from: line.at,
        to: Infinity,
        token: line.token === undefined ? undefined : BigInt(line.token),
      });
    } else {
      const open = this.intervals.find(({ key, to }) =>
        key === line.out && to === Infinity
      );
      open!.to = line.at;
    }
  }
}
