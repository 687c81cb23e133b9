/**
 * All that the suite knows about a lock.
 *
 * @module
 */

/** Limits of a wait. */
export interface Limits {
  signal?: AbortSignal;
  timeout?: number;
}

/** What acquiring gives. */
export interface Hold {
  release(): void;
}

/** Something with acquire and release. What it may lack is optional. */
export interface LockLike {
  readonly locked: boolean;
  readonly waiting: number;
  acquire(limits?: Limits): Promise<Hold>;
  run<T>(fn: () => T | Promise<T>, limits?: Limits): Promise<T>;
  /** Ends the present hold, whoever has it. */
  release(): void;
  /** Rejects everyone who waits. */
  cancel?(reason?: unknown): void;
  tryAcquire?(): Hold | undefined;
  /** Runs a function as if it stood in a block after `using hold = await acquire()`. */
  block?: (<T>(inside: () => T | Promise<T>) => Promise<T>) | undefined;
  /** What a console shows. */
  print?(): string;
}

/** A kind of lock. */
export interface Subject {
  readonly name: string;
  create(): LockLike;
  /** The cases that make no sense for it. */
  readonly skips?: readonly string[];
  /** The cases that it is known to fail. */
  readonly fails?: readonly string[];
}

/** One case. The lock is new. */
export interface Case {
  readonly name: string;
  /** What a lock must have. Other locks skip the case. */
  readonly needs?: "cancel" | "tryAcquire" | "block" | "print";
  run(lock: LockLike): Promise<void>;
}
