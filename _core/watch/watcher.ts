/**
 * Private: one watch. It looks for waits that last too long.
 *
 * @module
 */

import type { Stall, Use } from "../../watch.ts";
import { Analysis, type Finding } from "./analysis.ts";
import { type Hold, Wait } from "./claims.ts";
import { messageOf } from "./message.ts";
import { currentContext, type Runtime, startTicking } from "./platform.ts";
import type { Listener, Recorder } from "./recorder.ts";
import { cheapUseOf, useOf } from "./use.ts";

/** What a watch is asked for. */
export interface Wishes {
  readonly stallAfter: number;
  readonly onStall: ((stall: Stall) => void) | undefined;
  readonly onRelease: ((use: Use) => void) | undefined;
}

/** It looks so many times while a wait is not yet too long. */
const LOOKS = 10;
/** The longest delay of a timer. */
const MAX_DELAY = 2 ** 31 - 1;
const A_SECOND = 1000;
/** The default printer shows so many stalls of one look. */
const MOST_PRINTED = 10;

/** Reports the stalls of one watch. */
export class Watcher implements Listener {
  readonly #recorder: Recorder;
  readonly #wishes: Wishes;
  readonly #runtime: Runtime;
  readonly #inContext: <R>(fn: () => R) => R;
  readonly #stopListening: () => void;
  // The waits to be reported, the longest first, and at which tick. Those of a
  // primitive that the program has forgotten stay here until they are reported.
  readonly #due = new Map<Wait, number>();
  readonly #reported = new WeakSet<Wait>();
  readonly #delay: number;
  readonly #looks: number;
  #ticks = 0;
  #lastTick = 0;
  // Set exactly while a wait is to be reported.
  #timer: ReturnType<typeof setInterval> | undefined = undefined;
  #isOver = false;

  constructor(recorder: Recorder, wishes: Wishes, runtime: Runtime) {
    this.#recorder = recorder;
    this.#wishes = wishes;
    this.#runtime = runtime;
    this.#inContext = currentContext(runtime);
    const { stallAfter } = wishes;
    this.#delay = Math.min(Math.max(stallAfter / LOOKS, 1), MAX_DELAY);
    this.#looks = Math.ceil(stallAfter / this.#delay);
    recorder.listeners.add(this);
    for (const wait of recorder.waits) this.waitBegan(wait);
    this.#stopListening = runtime.onLoopEmpty(() => {
      const left = recorder.waits.filter((wait) => this.#isNew(wait));
      if (left.length > 0) this.#report(left, true);
    });
  }

  stop(): void {
    this.#isOver = true;
    this.#recorder.listeners.delete(this);
    this.#due.clear();
    this.#restIfIdle();
    this.#stopListening();
  }

  waitBegan(wait: Wait): void {
    if (this.#wishes.stallAfter === Infinity) return;
    // A tick that comes soon is not a whole one.
    const whole = this.#timer === undefined ? 0 : 1;
    this.#due.set(wait, this.#ticks + this.#looks + whole);
    this.#keepTicking(wait.since);
  }

  /** Outside of every user's context, which the timer would keep alive. */
  #keepTicking(now: number): void {
    // workerd ends the timers of a request with the request.
    const latest = this.#lastTick + this.#wishes.stallAfter + A_SECOND;
    if (now > latest) this.#stopTicking();
    if (this.#timer !== undefined) return;
    this.#lastTick = now;
    this.#timer = this.#inContext(() =>
      startTicking(this.#runtime, this.#delay, () => this.#look())
    );
  }

  #stopTicking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  waitEnded(wait: Wait): void {
    this.#due.delete(wait);
    // Whoever has let this wait in may begin one at once. To end a timer and
    // start another one each time would cost as much as the rest.
    if (this.#due.size === 0) queueMicrotask(() => this.#restIfIdle());
  }

  holdEnded(hold: Hold): void {
    const { onRelease } = this.#wishes;
    if (onRelease === undefined) return;
    const use = cheapUseOf(hold);
    queueMicrotask(() => {
      if (!this.#isOver) onRelease(use);
    });
  }

  #restIfIdle(): void {
    if (this.#due.size === 0) this.#stopTicking();
  }

  // Tests fake timers and not the clock, so the ticks decide; and a program that
  // blocks its event loop misses ticks, so the clock decides, too.
  #look(): void {
    this.#ticks++;
    const now = this.#lastTick = performance.now();
    const due: Wait[] = [];
    for (const [wait, tick] of this.#due) {
      const isDue = tick <= this.#ticks ||
        wait.since + this.#wishes.stallAfter <= now;
      if (!isDue) break;
      due.push(wait);
    }
    this.#letGuardsGo();
    if (due.length > 0) this.#report(due, false);
    this.#restIfIdle();
  }

  /** What the stacks of holds in the way keep alive may be the very guards. */
  #letGuardsGo(): void {
    const subjects = new Set(
      [...this.#due.keys()].flatMap((wait) => wait.subjects),
    );
    for (const { holds } of subjects) {
      for (const { stack } of holds) stack.format();
    }
  }

  #isNew(wait: Wait): boolean {
    return !this.#reported.has(wait);
  }

  #report(due: readonly Wait[], isLoopEmpty: boolean): void {
    const { onStall } = this.#wishes;
    const analysis = new Analysis(this.#recorder.waits);
    const stalls: Stall[] = [];
    let more = 0;
    for (const wait of due) {
      if (!this.#isNew(wait)) continue; // told with the ring that it is in
      if (onStall === undefined && stalls.length === MOST_PRINTED) {
        this.#setReported(wait);
        more++;
        continue;
      }
      const finding = analysis.find(wait);
      this.#setReported(wait);
      if (finding.kind === "reentrant" || finding.kind === "deadlock") {
        for (const claim of finding.chain) {
          if (claim instanceof Wait) this.#setReported(claim);
        }
      }
      stalls.push(this.#stallOf(finding, isLoopEmpty));
    }
    for (const stall of stalls) {
      this.#tell(() => onStall ? onStall(stall) : console.warn(stall.message));
    }
    if (more > 0) {
      const count = `${more}`.replace(/\B(?=(\d{3})+$)/g, " ");
      this.#tell(() => console.warn(`and ${count} more wait`));
    }
  }

  #setReported(wait: Wait): void {
    this.#reported.add(wait);
    this.#due.delete(wait);
  }

  #stallOf({ kind, chain: claims }: Finding, isLoopEmpty: boolean): Stall {
    const chain = claims.map((claim) => useOf(claim)) as [Use, ...Use[]];
    const least = isLoopEmpty ? 0 : this.#wishes.stallAfter;
    const waited = Math.max(chain[0].waited, least);
    const message = messageOf(kind, waited, chain, isLoopEmpty);
    return { kind, waited, chain, message };
  }

  /** What a callback throws concerns neither the other reports nor a lock. */
  #tell(report: () => void): void {
    if (this.#isOver) return;
    try {
      report();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
