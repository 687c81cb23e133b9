/**
 * A gate for asynchronous code: while it is closed, tasks wait in front of it;
 * when somebody opens it, all of them go on. It does what `asyncio.Event` does
 * in Python. (The name `Event` belongs to the DOM.)
 *
 * @example Start together
 * ```ts
 * import { Gate } from "@holdfast/sync/gate";
 * import { assertEquals } from "@std/assert";
 *
 * const start = new Gate();
 * const order: string[] = [];
 *
 * const runners = ["ann", "bob"].map(async (name) => {
 *   order.push(`${name} is ready`);
 *   await start.wait();
 *   order.push(`${name} runs`);
 * });
 *
 * start.open();
 * await Promise.all(runners);
 * assertEquals(order, [
 *   "ann is ready",
 *   "bob is ready",
 *   "ann runs",
 *   "bob runs",
 * ]);
 * ```
 *
 * ### When you do not need it
 *
 * If the gate opens once and never closes again, and nobody gives up, a promise
 * is enough. If it opens because a value has arrived, use `once` from
 * `@holdfast/sync/once`: its callers get the value, too. If those who wait have
 * to look at shared data under a lock, use a `Condition` from
 * `@holdfast/sync/condition`. A gate lets everyone through; to let in only one,
 * use a `Lock`. And it does not reach beyond its event loop: not to workers,
 * other processes or machines.
 *
 * @module
 */

import { cancelReason, label, wrongType } from "./_core/errors.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  readLimits,
  readName,
  refuseAborted,
} from "./_core/options.ts";
import { state, WaitQueue } from "./_core/wait_queue.ts";

export type { AcquireOptions };

/**
 * Options of a new {@linkcode Gate}.
 *
 * @example
 * ```ts
 * import { Gate, type GateOptions } from "@holdfast/sync/gate";
 * import { assertEquals } from "@std/assert";
 *
 * const options: GateOptions = { name: "ready", open: true };
 * const gate = new Gate(options);
 * assertEquals([gate.name, gate.isOpen], ["ready", true]);
 * ```
 */
export interface GateOptions {
  /**
   * Whether the gate is open from the beginning.
   *
   * @default {false}
   */
  open?: boolean | undefined;
  /** Appears in error messages and in `console.log`. */
  name?: string | undefined;
}

/**
 * A gate that is open or closed.
 *
 * {@linkcode Gate.open} lets through everyone who waits at that moment, in the
 * order in which they came, even if {@linkcode Gate.close} follows at once.
 *
 * @example Pause some workers
 * ```ts
 * import { Gate } from "@holdfast/sync/gate";
 * import { assertEquals } from "@std/assert";
 *
 * const running = new Gate({ open: true });
 * const done: number[] = [];
 *
 * async function work() {
 *   for (let i = 0; i < 3; i++) {
 *     await running.wait();
 *     done.push(i);
 *     if (i === 1) running.close(); // pauses
 *   }
 * }
 *
 * const working = work();
 * while (running.waiting === 0) await Promise.resolve();
 * assertEquals(done, [0, 1]);
 *
 * running.open(); // goes on
 * await working;
 * assertEquals(done, [0, 1, 2]);
 * ```
 */
export class Gate {
  #isOpen = false;
  // Made when somebody first has to wait. Nobody waits while the gate is open.
  #queue: WaitQueue<void> | undefined = undefined;
  readonly #name: string | undefined;

  static {
    printAs(this.prototype, (gate) =>
      #name in gate &&
      printed(
        gate,
        "Gate",
        gate.#name,
        gate.#isOpen ? "open" : "closed",
        gate.#queue?.length,
      ));
  }

  /**
   * Creates a gate. It is closed unless `open` says otherwise.
   *
   * @param options Whether the gate is open, and its name.
   * @throws {TypeError} If `open` is not a boolean, if `name` is not a string,
   * if `options` is not an object, or if it has an unknown option.
   *
   * @example
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Gate().isOpen, false);
   * assertEquals(new Gate({ open: true }).isOpen, true);
   * ```
   */
  constructor(options?: GateOptions) {
    this.#name = readName(options, "gate", ["open"]);
    const open: unknown = options?.open;
    if (open === undefined) return;
    if (typeof open !== "boolean") {
      throw wrongType(() => "Cannot create gate", "open", "a boolean", open);
    }
    this.#isOpen = open;
  }

  /**
   * The name given to the constructor.
   *
   * @example
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Gate({ name: "start" }).name, "start");
   * assertEquals(new Gate().name, undefined);
   * ```
   */
  get name(): string | undefined {
    return this.#name;
  }

  /**
   * Whether the gate is open.
   *
   * @example
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals } from "@std/assert";
   *
   * const gate = new Gate();
   * assertEquals(gate.isOpen, false);
   * gate.open();
   * assertEquals(gate.isOpen, true);
   * ```
   */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * The number of callers that wait for the gate to open.
   *
   * @example
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals } from "@std/assert";
   *
   * const gate = new Gate();
   * const waits = [gate.wait(), gate.wait()];
   * assertEquals(gate.waiting, 2);
   * gate.open();
   * assertEquals(gate.waiting, 0);
   * await Promise.all(waits);
   * ```
   */
  get waiting(): number {
    return this.#queue?.length ?? 0;
  }

  /**
   * Opens the gate and lets through everyone who waits now, the longest waiter
   * first. It stays open for those who come later, until
   * {@linkcode Gate.close}.
   *
   * A waiter whose signal is already aborted is rejected, even if the signal's
   * listener has not run yet. If the gate is already open, nothing happens.
   *
   * @example Let through those who wait now, and nobody else
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals } from "@std/assert";
   *
   * const gate = new Gate();
   * const first = gate.wait();
   * gate.open();
   * gate.close();
   * const second = gate.wait();
   *
   * await first;
   * assertEquals(gate.waiting, 1);
   * gate.open();
   * await second;
   * ```
   */
  open(): void {
    this.#isOpen = true;
    this.#queue?.grantAll(() => {}, "abort wins");
  }

  /**
   * Closes the gate: whoever comes from now on has to wait. Callers that
   * {@linkcode Gate.open} has let through go on. If the gate is already closed,
   * nothing happens.
   *
   * @example
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const gate = new Gate({ open: true });
   * gate.close();
   * assertEquals(gate.isOpen, false);
   * await assertRejects(() => gate.wait({ timeout: 0 }), DOMException);
   * ```
   */
  close(): void {
    this.#isOpen = false;
  }

  /**
   * Waits until the gate is open. If it is open, there is nothing to wait for.
   *
   * The gate may be closed again before the caller goes on. If that matters,
   * look at {@linkcode Gate.isOpen} and wait once more.
   *
   * **Abort and timeout** end only this wait. They leave the gate as it is. If
   * the gate opens and the signal is aborted in one tick, the first one wins.
   * An open gate beats a signal that is already aborted, and `timeout: 0`.
   *
   * @param options Limits of the wait. Without them, the wait lasts until the
   * gate opens.
   * @returns A promise that is fulfilled when the gate opens. It rejects with
   * the signal's `reason` if the signal is aborted first, with a `DOMException`
   * named `TimeoutError` after `timeout` milliseconds, with the reason of
   * {@linkcode Gate.cancel}, with a `TypeError` for an option of the wrong type
   * or an unknown one, and with a `RangeError` if `timeout` is negative or NaN.
   *
   * @example Wait at most 10 milliseconds
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const gate = new Gate({ name: "ready" });
   * const error = await assertRejects(
   *   () => gate.wait({ timeout: 10 }),
   *   DOMException,
   *   'Cannot pass gate "ready" within 10 ms: still closed, 0 waiting',
   * );
   * assertEquals(error.name, "TimeoutError");
   * ```
   *
   * @example Give up on a signal
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const gate = new Gate();
   * const controller = new AbortController();
   * const waiting = gate.wait({ signal: controller.signal });
   * controller.abort(new Error("The client has gone"));
   * await assertRejects(() => waiting, Error, "The client has gone");
   * assertEquals(gate.waiting, 0);
   * ```
   */
  wait(options?: AcquireOptions): Promise<void> {
    try {
      const limits = readLimits(options, () => this.#failure);
      if (!this.#isOpen) refuseAborted(limits);
      // A foreign signal that has just been looked at may have opened the gate.
      if (this.#isOpen) return Promise.resolve();
      observer?.called(Gate.prototype.wait);
      return (this.#queue ??= new WaitQueue(this)).wait(1, limits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Rejects everyone who waits, the longest waiter first. The gate stays closed
   * and goes on working. If it is open, nobody waits and nothing happens.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { Gate } from "@holdfast/sync/gate";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const gate = new Gate();
   * const waiting = gate.wait();
   * gate.cancel(new Error("The server is closing"));
   * await assertRejects(() => waiting, Error, "The server is closing");
   * assertEquals(gate.isOpen, false);
   * ```
   */
  cancel(reason?: unknown): void {
    this.#queue?.rejectAll(
      cancelReason(reason, () => this.#failure),
      "abort wins",
    );
  }

  /** @ignore */
  [about](): About {
    return { primitive: "Gate", name: this.#name };
  }

  /** @ignore */
  get [state](): string {
    return "still closed";
  }

  get #failure(): string {
    return `Cannot pass ${label("gate", this.#name)}`;
  }
}
