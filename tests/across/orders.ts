/**
 * What `remote.ts` and the process behind it say to each other.
 *
 * @module
 */

/** What another process is told, and answers with. */
export interface Order {
  readonly do:
    | "acquire"
    | "try"
    | "release"
    | "look"
    | "contend"
    | "mix"
    | "dispose";
  readonly key?: string;
  /** Of `contend` and `mix`: for how long, in ms. */
  readonly time?: number;
  /** Of `acquire`: in ms. */
  readonly timeout?: number;
}

/** What happens in another process, line by line. */
export type Line =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: string }
  | {
    readonly in: string;
    readonly at: number;
    readonly token?: string | undefined;
  }
  | { readonly out: string; readonly at: number };

/** Milliseconds by the machine's clock: processes can compare them. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}
