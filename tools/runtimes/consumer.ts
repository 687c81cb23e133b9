/**
 * A user's program that uses all types of the package. It is compiled, not run.
 *
 * @module
 */

import type * as all from "@holdfast/sync";
import { Barrier, type BarrierOptions } from "@holdfast/sync/barrier";
import { Condition } from "@holdfast/sync/condition";
import { Gate, type GateOptions } from "@holdfast/sync/gate";
import { KeyedLock, type KeyedLockOptions } from "@holdfast/sync/keyed-lock";
import {
  type AcquireOptions,
  Lock,
  LockGuard,
  type LockOptions,
} from "@holdfast/sync/lock";
import {
  RwLock,
  type RwLockOptions,
  type RwLockSide,
} from "@holdfast/sync/rw-lock";
import {
  type PermitOptions,
  Semaphore,
  type SemaphoreOptions,
} from "@holdfast/sync/semaphore";
import { type Once, once, type OnceOptions } from "@holdfast/sync/once";

const { signal } = new AbortController();
const limits: AcquireOptions = { signal, timeout: 100 };

export async function useLock(options: LockOptions): Promise<string> {
  const lock: all.Lock = new Lock(options);
  using guard: all.LockGuard = await lock.acquire(limits);
  await using another = lock.tryAcquire();
  const text: string = await lock.run(() => "sync", limits);
  const number: number = await lock.run(() => Promise.resolve(1));
  const either: string | number = await lock.run(() =>
    signal.aborted ? 1 : Promise.resolve("text")
  );
  lock.cancel();
  return `${text} ${number} ${either} ${guard.held} ${another?.held} ${lock.name}`;
}

export async function useSemaphore(options: SemaphoreOptions): Promise<number> {
  const semaphore: all.Semaphore = new Semaphore(5, options);
  const more: PermitOptions = { ...limits, permits: 2 };
  using _guard: LockGuard = await semaphore.acquire(more);
  using another = semaphore.tryAcquire(2);
  semaphore.resize(semaphore.permits + 1);
  const number: number = await semaphore.run(() => Promise.resolve(1), more);
  return another === undefined ? semaphore.available : number;
}

export async function useRwLock(options: RwLockOptions): Promise<string> {
  const lock: all.RwLock = new RwLock(options);
  const side: RwLockSide = lock.read;
  using writing: LockGuard = await lock.write.acquire(limits);
  using _reading: LockGuard = lock.downgrade(writing);
  return await side.run(() => `${side.locked} ${side.waiting}`, limits);
}

export async function useKeyedLock(options: KeyedLockOptions): Promise<void> {
  const lock: all.KeyedLock<number> = new KeyedLock<number>(options);
  using _guard: LockGuard = await lock.acquireAll(new Set([1, 2]), limits);
  const inside: boolean = await lock.run(1, () => lock.isLocked(2));
  for (const key of lock.keys()) lock.release(key + Number(inside));
  // @ts-expect-error Its keys are numbers
  lock.tryAcquire("1");
}

export async function useOnce(options: OnceOptions): Promise<Date> {
  const load: Once<Date> = once((signal) => new Date(signal.reason), options);
  const same: all.Once<Date> = load;
  if (same.state === "done") same.reset();
  const callOptions: AcquireOptions = { signal };
  return await load(callOptions);
}

export async function useGate(options: GateOptions): Promise<void> {
  const gate: all.Gate = new Gate(options);
  if (gate.isOpen) gate.close();
  else gate.open();
  await gate.wait(limits);
}

export async function useCondition(lock: Lock): Promise<number> {
  const condition: all.Condition = new Condition(lock);
  using guard: LockGuard = await condition.lock.acquire();
  await condition.wait(guard, limits);
  await condition.waitFor(guard, () => condition.waiting > 0, limits);
  condition.notify(2);
  // @ts-expect-error The predicate is not asynchronous
  void condition.waitFor(guard, () => Promise.resolve(true));
  return condition.waiting;
}

export async function useBarrier(options: BarrierOptions): Promise<number> {
  const barrier: all.Barrier = new Barrier(3, options);
  if (barrier.broken) barrier.reset();
  return await barrier.wait(limits);
}

// @ts-expect-error There is no such option
export const wrong = () => new Lock().acquire({ timeOut: 100 });
// @ts-expect-error Guards come only from acquire()
void new LockGuard();
