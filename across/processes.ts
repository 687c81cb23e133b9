/**
 * Locks between the processes of a machine. They use the operating system's
 * file locks, which only Deno offers.
 *
 * **Not re-entrant**: a task that acquires a key which it holds waits for itself,
 * for ever.
 *
 * @example
 * ```ts
 * import { FileLocks } from "@holdfast/sync/processes";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * await using locks = new FileLocks(directory);
 * const answer = await locks.run("settings", () => {
 *   return 42; // no other process that uses this directory is in here now
 * });
 * assertEquals(answer, 42);
 * ```
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongType } from "../_core/errors.ts";
import { Grant, Lease, LockLostError } from "./_lease.ts";
import { type Engine, EngineLocks, type Hold, type Locks } from "./_locks.ts";
import { wellFormed } from "./_names.ts";
import type { AcquireOptions } from "../_core/options.ts";

export { Lease, LockLostError };
export type { AcquireOptions, EngineLocks, Hold, Locks };

/**
 * Locks by key between the processes of a machine.
 *
 * When a process ends, the system frees what it held within milliseconds,
 * however the process ended. While it lives, no hold is lost.
 *
 * Each key that has ever been locked leaves two empty files in the directory,
 * since removing a file races with locking it. Each key that is held takes an
 * open file, and each key that is waited for a thread. Such a thread cannot be
 * interrupted: if its wait is given up, the process cannot end by itself until
 * the holder frees the key. The directory has to be on a local disk: network
 * file systems lock in their own ways.
 *
 * @example
 * ```ts
 * import { FileLocks } from "@holdfast/sync/processes";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * await using locks = new FileLocks(directory);
 * await using other = new FileLocks(directory); // as in another process
 * {
 *   await using lease = await locks.acquire("account");
 *   assertEquals(lease.held, true);
 *   assertEquals(await other.tryAcquire("account"), undefined);
 * }
 * ```
 */
export class FileLocks extends EngineLocks<Lease> {
  /**
   * Creates locks that hold nothing, and their directory if it does not exist.
   *
   * @param directory The directory of the files. Processes that share keys pass
   * the same one.
   * @throws {TypeError} If it is neither a string nor a URL.
   * @throws {Error} If the platform has no file locks, or the directory cannot be
   * made.
   *
   * @example
   * ```ts
   * import { FileLocks } from "@holdfast/sync/processes";
   * import { assert } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * await using locks = new FileLocks(`${directory}/locks`);
   * assert(await locks.tryAcquire("a"));
   * ```
   */
  constructor(directory: string | URL) {
    const failure = () => "Cannot create FileLocks";
    if (typeof directory !== "string" && !(directory instanceof URL)) {
      throw wrongType(failure, "directory", "a string or a URL", directory);
    }
    if (typeof globalThis.Deno?.FsFile?.prototype.tryLockSync !== "function") {
      throw new Error(`${failure()}: only Deno has file locks`);
    }
    const path = directory instanceof URL
      ? fileURLToPath(directory)
      : directory;
    super(new FileEngine(path), Lease, "FileLocks");
  }
}

/**
 * A thread that waits for a file's lock. It cannot be called back, so a wait
 * that is given up goes on. The next task that wants the slot inherits it. If
 * there is none, the thread lets go of the lock as soon as it has it.
 */
interface Wait {
  locked: Promise<Deno.FsFile>;
  /** Whether this process has the turn for as long as the thread waits. */
  hasTurn: boolean;
  wanted: boolean;
}

/** What a thread may take to say that it has the lock, in milliseconds. */
const GRACE = 100;

/**
 * A lock is held for as long as its file is open.
 *
 * The system wakes whoever waits, but a process that frees a lock and takes it
 * again is faster, over and over. So there is a second file, the turn: only the
 * process that has it may take the lock, and it keeps it while it waits.
 */
class FileEngine implements Engine {
  readonly name = "files";
  readonly #directory: string;
  readonly #waits = new Map<string, Wait>();

  constructor(directory: string) {
    this.#directory = resolve(directory); // the process may change its own
    Deno.mkdirSync(this.#directory, { recursive: true });
  }

  /** Names the file. Files stay: unlinking one races with locking it. */
  slotOf(key: string): string {
    return createHash("sha256").update(wellFormed(key)).digest("hex");
  }

  async take(
    slot: string,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<Grant | undefined> {
    const file = this.#try(slot);
    if (file !== undefined) return new FileGrant(file);
    let started = this.#waits.get(slot);
    if (started === undefined) {
      if (!wait) return undefined;
      started = this.#start(slot);
    }
    return await this.#inherit(started, wait ? Infinity : GRACE, signal);
  }

  /** Threads whose key is free by now come to an end. */
  async close(): Promise<void> {
    const ends = Array.from(
      this.#waits.values(),
      ({ locked }) => locked.then(() => {}, () => {}),
    );
    if (ends.length === 0) return;
    let timer;
    const late = new Promise((resolve) => timer = setTimeout(resolve, GRACE));
    await Promise.race([Promise.all(ends), late]);
    clearTimeout(timer);
  }

  /** Takes microseconds; a detour over another thread takes longer. */
  #try(slot: string): Deno.FsFile | undefined {
    const file = this.#open(slot);
    const hasTurn = this.#waits.get(slot)?.hasTurn;
    const turn = hasTurn ? undefined : this.#open(`${slot}.turn`);
    const mayTake = turn === undefined || turn.tryLockSync(true);
    const isOurs = mayTake && file.tryLockSync(true);
    turn?.close();
    if (isOurs) return file;
    file.close();
  }

  #open(name: string): Deno.FsFile {
    const path = join(this.#directory, name);
    const options = { write: true, create: true };
    try {
      return Deno.openSync(path, options);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(this.#directory, { recursive: true });
      return Deno.openSync(path, options);
    }
  }

  #start(slot: string): Wait {
    const wait = { hasTurn: false, wanted: true } as Wait;
    const ended = () => void this.#waits.delete(slot);
    wait.locked = this.#lock(slot, wait);
    wait.locked.then((file) => {
      ended();
      if (!wait.wanted) file.close();
    }, ended);
    this.#waits.set(slot, wait);
    return wait;
  }

  async #lock(slot: string, wait: Wait): Promise<Deno.FsFile> {
    const turn = this.#open(`${slot}.turn`);
    try {
      await turn.lock(true);
      wait.hasTurn = true;
      const file = this.#open(slot);
      await file.lock(true);
      return file;
    } finally {
      wait.hasTurn = false;
      turn.close();
    }
  }

  /** Waits with a thread that waits already. */
  #inherit(
    wait: Wait,
    limit: number,
    signal: AbortSignal,
  ): Promise<Grant | undefined> {
    wait.wanted = true;
    return new Promise((resolve, reject) => {
      const end = (wanted: boolean) => {
        wait.wanted = wanted;
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      };
      const abort = () => {
        end(false);
        reject(signal.reason);
      };
      const timer = limit === Infinity ? undefined : setTimeout(() => {
        end(false);
        resolve(undefined);
      }, limit);
      wait.locked.then((file) => {
        if (!wait.wanted) return;
        end(true);
        resolve(new FileGrant(file));
      }, (error) => {
        end(false);
        reject(error);
      });
      signal.addEventListener("abort", abort);
    });
  }
}

class FileGrant extends Grant {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    super();
    this.#file = file;
  }

  free(): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}
