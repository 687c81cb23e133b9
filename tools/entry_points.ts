/**
 * Prints the modules that users import, as `exports` in `deno.json` lists them,
 * for the tasks that need each of them.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

console.log(Object.values(config.exports).join(" "));
