/** A signal that throws when a listener is added or removed. */
export function brokenSignal(
  method: "addEventListener" | "removeEventListener",
) {
  return {
    aborted: false,
    addEventListener() {},
    removeEventListener() {},
    [method]() {
      throw new Error("Broken");
    },
  } as unknown as AbortSignal;
}
