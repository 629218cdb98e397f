import { expect, test } from "vitest";
import type { Point } from "../src/services/trends";
import { timeTicks } from "../src/state/axis";
import { shortness, shorts } from "../src/state/bands";
import { even, logarithmic } from "../src/state/scale";

const none = { p50: null, p95: null, p99: null };
const point = (minute: number, seen: number | null, known: number | null): Point => ({ at: minute * 60_000, seen, known, count: 0, succeeded: 0, failed: 0, revoked: 0, retried: 0, failure_rate: null, runtime_s: none, queue_wait_s: none });

test("buckets that were not seen whole are bands, those that touch are one", () => {
  const bands = shorts([point(0, 5, 5), point(1, 2, 4), point(2, 3, 6), point(3, null, null), point(4, 0, 1)], 60);
  expect(bands).toEqual([{ from: 60, to: 180, seen: 5, known: 10 }, { from: 240, to: 300, seen: 0, known: 1 }]);
  expect(shortness(bands, 120)).toBe("50.0 %");
  expect(shortness(bands, 200)).toBeNull();
});

test("an even scale ends at a round number and starts at zero", () => {
  const scale = even(37, true);
  expect([scale.of(0), scale.of(40), scale.ticks]).toEqual([0, 1, [20, 40]]);
  expect(even(0, false).of(0)).toBe(0);
});

test("a logarithmic scale holds all its values and labels decades", () => {
  const scale = logarithmic([0.02, null, 3]);
  expect([0.02, 3].every((value) => scale.of(value) > 0 && scale.of(value) < 1)).toBe(true);
  expect(scale.ticks.map(scale.label)).toEqual(["100 ms", "1 s"]);
  expect(logarithmic([]).ticks.length).toBeGreaterThanOrEqual(0);
  expect(Number.isFinite(logarithmic([null]).of(1))).toBe(true);
});

test("time is labelled at round times, at most so often", () => {
  const ticks = timeTicks(3600, 7200, 8, "UTC");
  expect(ticks.map((tick) => tick.words)).toEqual(["01:00", "01:10", "01:20", "01:30", "01:40", "01:50"]);
  expect(timeTicks(0, 10 * 86_400, 5, "UTC").map((tick) => tick.words)).toEqual(["01-01", "01-03", "01-05", "01-07", "01-09"]);
});
