/** Something to await that is not a promise. */
export function thenable<T>(
  then: (
    resolve: (value: T | PromiseLike<T>) => void,
    reject: (reason: unknown) => void,
  ) => void,
): PromiseLike<T> {
  return { then } as PromiseLike<T>;
}
