/**
 * The tests that have to notice, the quick ones of the library's own. They are
 * one module since one for each file takes twice as long.
 *
 * @module
 */

const QUICK =
  /^(arguments|key_table|keyed_lock|fifo|lock|once|suite|wait_queue).*_test\.ts$/;

for (const { name } of Deno.readDirSync("tests")) {
  if (QUICK.test(name)) await import(`../../tests/${name}`);
}
