/**
 * The options of StrykerJS. It changes the library in one place at a time, to see
 * whether the tests notice.
 *
 * @module
 */

// Leaves out the tests with 200 000 waiters: they take as long as all others.
const filter = "/^([^2]|2[^0]|20[^0])/";

export default {
  mutate: ["*.ts", "_core/**/*.ts"],
  testRunner: "command",
  commandRunner: {
    command: `"${Deno.execPath()}" test --no-check --quiet --fail-fast ` +
      `-E=__STRYKER_ACTIVE_MUTANT__ -R ${Deno.env.get("STD") ?? ""} ` +
      `--filter "${filter}" tests/quick.ts`,
  },
  plugins: [], // else it looks for some in a folder that Deno does not have
  concurrency: 2,
  reporters: ["clear-text", "progress"],
  clearTextReporter: { reportTests: false },
  thresholds: { break: 95 },
  tempDirName: Deno.makeTempDirSync(),
};
