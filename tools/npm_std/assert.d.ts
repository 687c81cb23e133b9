// The part of `@std/assert` that the tests use, with the types it has there.

export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions);
}

export function assert(expr: unknown, msg?: string): asserts expr;

export function assertEquals<T>(actual: T, expected: T, msg?: string): void;

export function assertFalse(
  expr: unknown,
  msg?: string,
): asserts expr is false | 0 | 0n | "" | null | undefined;

export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: Class<T>,
  msg?: string,
): asserts actual is T;

export function assertLess<T>(actual: T, expected: T, msg?: string): void;

export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void;

export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void;

export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T;

export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void;

export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;

type Class<T> = abstract new (...args: never[]) => T;
