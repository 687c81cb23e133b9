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
import { type Use, watchLocks } from "../../watch.ts";
import { drainMicrotasks } from "../support/promises.ts";

function record(use: Use) {
  const meter = metrics.getMeter("locks");
  const waited = meter.createHistogram("lock.wait.duration", { unit: "ms" });
  const held = meter.createHistogram("lock.hold.duration", { unit: "ms" });
  const name = use.name ?? "";
  const attributes = { "lock.type": use.primitive, "lock.name": name };
  waited.record(use.waited, attributes);
  held.record(use.held, attributes);
}

Deno.test("onRelease makes histograms of OpenTelemetry", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  using _ = watchLocks({ onRelease: record });

  const db = new Lock({ name: "db" });
  await Promise.all([db.run(() => drainMicrotasks()), db.run(() => {})]);
  const users = new KeyedLock({ name: "users" });
  await users.run("ann", () => {});
  await drainMicrotasks();

  await provider.forceFlush();
  const [exported] = exporter.getMetrics();
  const found = exported!.scopeMetrics[0]!.metrics.map((metric) => [
    metric.descriptor.name,
    ...metric.dataPoints.map(({ attributes, value }) => [
      attributes["lock.type"],
      attributes["lock.name"],
      (value as { count: number }).count,
    ]),
  ]);
  assertEquals(found, [
    ["lock.wait.duration", ["Lock", "db", 2], ["KeyedLock", "users", 1]],
    ["lock.hold.duration", ["Lock", "db", 2], ["KeyedLock", "users", 1]],
  ]);
  await provider.shutdown();
});
