/**
 * Private: where a call was made. A stack is captured with every hold and every
 * wait, and turned into text only if somebody asks for it: in Deno the first
 * takes 2 µs and the second 50.
 *
 * @module
 */

/** A public method, or a function that is called like one. */
export type Method = (...args: never[]) => unknown;

type Capture = (target: object, method: Method) => void;
const captureStackTrace = (Error as { captureStackTrace?: Capture })
  .captureStackTrace;

/** The stack of a call, from the caller of a public method on. */
export class Stack {
  // What was captured keeps the receivers and closures of its frames alive, in
  // some engines even after it was read. So it is dropped for the text.
  #captured: { stack?: unknown } | undefined;
  #text = "";

  /** @param method Its own frame and those of what it called are left out. */
  constructor(method: Method | undefined) {
    // Without captureStackTrace, frames of this package would come first.
    if (method === undefined || captureStackTrace === undefined) return;
    this.#captured = {};
    captureStackTrace(this.#captured, method);
  }

  /** One frame per line, empty if unknown. */
  get text(): string {
    this.format();
    return this.#text;
  }

  /** Drops what was captured, and keeps the text. */
  format(): void {
    const captured = this.#captured;
    this.#captured = undefined;
    if (captured !== undefined) this.#text = framesOf(captured);
  }

  /** The first frame, short: `save (server.ts:31:24)`. */
  get at(): string {
    const [frame = ""] = this.text.split("\n", 1);
    return frame.replace(/^at /, "").replace(FOLDERS, "");
  }
}

/** What comes before the name of a file: a scheme and folders. */
const FOLDERS =
  /(?<=^|[ (@])(?:[a-z]+:\/\/|[A-Za-z]:\\|\/)(?:[^/\\()\n]*[/\\])*/;

/** A frame that enters an async context. */
const OF_CONTEXT = /AsyncLocalStorage|async_hooks/;

function framesOf(captured: { stack?: unknown }): string {
  let stack: unknown;
  try {
    stack = captured.stack;
  } catch { /* the program's own Error.prepareStackTrace has failed */ }
  if (typeof stack !== "string") return ""; // it may return anything
  const frames = stack.split("\n")
    .map((line) => line.trim())
    .filter((line) => /:\d+/.test(line));
  // JavaScriptCore leaves out callers that are done but for this call. Then the
  // next frames may be those of an outer run().
  if (frames.length === 0 || OF_CONTEXT.test(frames[0]!)) return "";
  return frames.filter((line) => !OF_CONTEXT.test(line)).join("\n");
}
