/** A signal that throws where it should add or remove a listener. */
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
