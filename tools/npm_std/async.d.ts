/** Rejects if the promise takes longer than so many milliseconds. */
export function deadline<T>(promise: Promise<T>, ms: number): Promise<T>;
