/**
 * Starts a headless Chromium for the tests that need a real browser.
 *
 * @module
 */

import { type Browser, chromium } from "npm:playwright-core@1.65.1";

export type {
  Browser,
  BrowserContextOptions,
  Locator,
  Page,
} from "npm:playwright-core@1.65.1";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Starts the Chromium that `CHROMIUM` names, or the first one on the path.
 *
 * @throws {Error} If there is none. The message says how to get one.
 */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    chromiumSandbox: Deno.uid() !== 0, // it does not start as root
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function findChromium(): string {
  const named = Deno.env.get("CHROMIUM");
  if (named !== undefined) return named;
  const folders = Deno.env.get("PATH")?.split(":") ?? [];
  const found = NAMES
    .flatMap((name) => folders.map((folder) => `${folder}/${name}`))
    .find(isFile);
  if (found !== undefined) return found;
  throw new Error(
    "Cannot find Chromium: install it (Debian: apt-get install chromium), " +
      "or set CHROMIUM to its path",
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
