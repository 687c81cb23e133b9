/**
 * A Chromium and a server of its own for a file of tests. Both end with them.
 *
 * @module
 */

import axe from "npm:axe-core@4.14.1";
import { launchChromium, type Page } from "../../tools/chromium.ts";

export const browser = await launchChromium();

/** For tests that use the browser: it outlives each of them. */
export const outlived = { sanitizeOps: false, sanitizeResources: false };

/**
 * Starts a server.
 *
 * @returns Its address, with a slash at the end.
 */
export function serve(
  answer: (request: Request) => Response | Promise<Response>,
): string {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    answer,
  );
  Deno.test.afterAll(() => server.shutdown());
  return `http://127.0.0.1:${server.addr.port}/`;
}

/**
 * What axe finds on a page: the rule, the element and how to mend it.
 *
 * @param tags Those of the rules to check. If left out, all rules.
 */
export async function violations(
  page: Page,
  tags?: string[],
): Promise<string[][]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify(tags ? { runOnly: tags } : {});
  const results: axe.AxeResults = await page.evaluate(`axe.run(${options})`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => [id, html, failureSummary])
  );
}

Deno.test.afterAll(() => browser.close());
