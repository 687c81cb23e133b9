import { drainMicrotasks } from "./promises.ts";

/** The number of rejections that nobody has handled when `act` is over. */
export async function countUnhandled(act: () => unknown): Promise<number> {
  let count = 0;
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    count++;
  };
  addEventListener("unhandledrejection", onRejection);
  await act();
  await drainMicrotasks();
  removeEventListener("unhandledrejection", onRejection);
  return count;
}
