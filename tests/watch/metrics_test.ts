/** The recipe of the guide: how long locks are waited for and held. */

import { metrics } from "npm:@opentelemetry/api@1.9.0";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "npm:@opentelemetry/sdk-metrics@2.2.0";
import { assertEquals } from "@std/assert";
import { KeyedLock, Lock } from "../../mod.ts";
import type { Watch } from "../../watch.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** Runs the guide's code, and returns the watch that it begins. */
async function runRecipe(): Promise<Watch> {
  const guide = await Deno.readTextFile(
    new URL("../../docs/guide.md", import.meta.url),
  );
  const recipe = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, code]) => code!)
    .find((code) => code.includes("opentelemetry"))!;
  const code = recipe.replace("watchLocks({", "export default watchLocks({");
  const url = `data:application/typescript,${encodeURIComponent(code)}`;
  return (await import(url)).default;
}

Deno.test("onRelease makes histograms of OpenTelemetry", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  using _ = await runRecipe();

  const db = new Lock({ name: "db" });
  await Promise.all([db.run(() => drainMicrotasks()), db.run(() => {})]);
  const users = new KeyedLock({ name: "users" });
  await users.run("ann", () => {});
  await drainMicrotasks();

  await provider.forceFlush();
  const [exported] = exporter.getMetrics();
  const found = exported!.scopeMetrics[0]!.metrics.map((metric) => [
    metric.descriptor.name,
    metric.descriptor.unit,
    ...metric.dataPoints.map(({ attributes, value }) => [
      attributes["lock.type"],
      attributes["lock.name"],
      (value as { count: number }).count,
    ]),
  ]);
  const points = [["Lock", "db", 2], ["KeyedLock", "users", 1]];
  assertEquals(found, [
    ["lock.wait.duration", "ms", ...points],
    ["lock.hold.duration", "ms", ...points],
  ]);
  await provider.shutdown();
});
