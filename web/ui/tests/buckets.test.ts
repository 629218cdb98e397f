// Points on a grid of time.
import { expect, test } from "vitest";
import type { Point } from "../src/services/trends";
import { ceiling, grid, perMinute, spread, total } from "../src/state/buckets";

const point = (at: number, count: number | null): Point => ({ at, count }) as Point;

test("a grid begins with the bucket that holds the start", () => {
  expect(grid(90_000, 240_000, 60).at).toEqual([60, 120, 180]);
});

test("a grid of any range is bounded", () => expect(grid(0, 1e13, 1).at.length).toBeLessThan(2100));

test("an empty range has one bucket", () => expect(grid(5000, 5000, 60).at).toHaveLength(1));

test("silence is zero for counts and a hole for percentiles; what lies outside is left out", () => {
  const on = grid(0, 180_000, 60);
  const points = [point(0, 3), point(120_000, null), point(999_000, 9), point(-60_000, 1)];
  expect(spread(on, points, (p) => p.count, 0)).toEqual([3, 0, 0]);
  expect(spread(on, points, (p) => p.count, null)).toEqual([3, null, null]);
});

test("counts of one bucket add up", () => {
  expect(spread(grid(0, 60_000, 60), [point(0, 2), point(30_000, 3)], (p) => p.count, 0)).toEqual([5]);
});

test("per minute, whatever the step", () => expect(perMinute([300, null], 300)).toEqual([60, null]));
test("the sum of unknowns is nothing", () => expect(total([null, 2, null])).toBe(2));
test.each([[0, 1], [-5, 1], [NaN, 1], [7, 8], [2300, 2400], [0.3, 0.3], [1000, 1000]])("an axis up to %d ends at %d", (most, end) => expect(ceiling(most)).toBeCloseTo(end));
