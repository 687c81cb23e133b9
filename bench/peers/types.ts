/**
 * What the benchmark is made of: candidates, workloads and figures.
 *
 * @module
 */

/**
 * How to take something and how to free it, as pieces of JavaScript. In them,
 * `lock` is what `make` returned. A piece is left out if it can't be done.
 */
export interface Way {
  /** A promise that is fulfilled when it is taken. */
  readonly acquire?: string;
  /** Frees it through `guard`, which is what `acquire` gave. */
  readonly guard?: string;
  /** Frees it without the guard. */
  readonly release?: string;
  /** Whether `guard` is disposable. */
  readonly disposable?: boolean;
  /** Takes it if nobody has to wait, and is truthy then. */
  readonly tryAcquire?: string;
  /** A promise of the result of `fn`, which runs while it is taken. */
  readonly run?: string;
  /** Waits until it is taken or `signal` is aborted. */
  readonly signal?: string;
  /** Waits until it is taken or one millisecond is over. */
  readonly timeout?: string;
  /** Runs `body` while it is taken, if the pieces above can't say how. */
  section?(body: string): string;
}

/** All that can be done with one primitive. */
export interface Ways extends Way {
  readonly make: string;
  /** How a reader takes a read-write lock. */
  readonly read?: Way;
  /** How a writer takes it. */
  readonly write?: Way;
  /** A promise that is fulfilled when the gate is open, or when notified. */
  readonly wait?: string;
  /** Opens the gate, or notifies all that wait. */
  readonly open?: string;
  /** Closes the gate. */
  readonly close?: string;
}

/** The kinds of primitives, as candidates and workloads name them. */
export type Kind =
  | "lock"
  | "keyed" // a lock for each `key`
  | "once" // runs `fn` once
  | "semaphore" // with as many permits as `permits` says
  | "rwLock"
  | "gate"
  | "condition"; // over a lock that `acquire` takes

/** A library that is measured. */
export interface Candidate extends Readonly<Partial<Record<Kind, Ways>>> {
  readonly name: string;
  /** What its pieces of code name. */
  readonly uses: Readonly<Record<string, unknown>>;
  /** How many milliseconds it works behind the scenes after a sample. */
  readonly rest?: number;
  /** Ids of workloads that it can't do, and why. */
  readonly cannot?: readonly (readonly [RegExp, string])[];
}

/** The bare minimum of a workload, done by hand. */
export interface Control {
  readonly name: string;
  readonly uses: Readonly<Record<string, unknown>>;
  readonly ways: Ways;
}

/** Something to measure. */
export interface Workload {
  /** Stable: figures are stored under it. May end in a size: `keys-1000`. */
  readonly id: string;
  readonly title: string;
  /** The kind of primitive that it measures. */
  readonly of: Kind;
  /** If set, it measures the heap after so many `n`, and no time. */
  readonly bytesOf?: number;
  /** The number of operations in one `n`. */
  readonly operations: number;
  /** The first one is the floor. */
  readonly controls: readonly Control[];
  /** What the code names besides what the candidate uses. */
  scope?(): Record<string, unknown>;
  /** A function body that returns a {@linkcode Program}. */
  code(ways: Ways): string | undefined;
  /** The same, but its `sample` rejects if the candidate does it wrong. */
  check?(ways: Ways): string | undefined;
  /** Why some candidates can't do it. */
  readonly lacking?: string;
  /** Whether only Holdfast and the controls are measured. */
  readonly isHuge?: boolean;
}

/** What the code of a workload makes. */
export interface Program {
  /** Takes what is held throughout. */
  open(): Promise<void>;
  /** Does `n` times what is measured. */
  sample(n: number): Promise<void>;
  /** Gives back what is held throughout. */
  close(): Promise<void>;
  /** How long to leave it alone after a sample, in milliseconds. */
  rest?: number | undefined;
}

/** How long measuring may take. All times are in milliseconds. */
export interface Pace {
  /** How many times each candidate is measured. */
  readonly rounds: number;
  /** How many times a slow candidate is measured at least. */
  readonly least: number;
  /** How long one sample takes at least. */
  readonly sample: number;
  /** How long each candidate runs before it is measured. */
  readonly warmUp: number;
  /** A candidate that needs longer for all rounds is measured in fewer. */
  readonly budget: number;
  /** A candidate that would probably need longer for a sample is left out. */
  readonly limit: number;
}

/** The outcome of one workload. */
export interface Figures {
  readonly id: string;
  readonly title: string;
  readonly operations: number;
  readonly unit: "ns" | "bytes";
  /** The median for one operation, by name. */
  readonly values: Readonly<Record<string, number>>;
  /**
   * Holdfast's figure divided by that of each other, by name: the median of the
   * ratios of the single rounds. Noise that lasts longer than a round slows
   * both, so this is steadier than the ratio of the medians.
   */
  readonly ratios: Readonly<Record<string, number>>;
  /** The names that are controls. The first one is the floor. */
  readonly controls: readonly string[];
  /** Why there is no value, by name. */
  readonly lacking: Readonly<Record<string, string>>;
}
