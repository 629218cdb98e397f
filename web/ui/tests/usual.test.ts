// The usual run time of a name: what the API says of the day with more runs.
import { expect, test } from "vitest";
import type { Point, Trends } from "../src/services/trends";
import { usualOf } from "../src/state/usual";

const point = (at: string, count: number, p95: number | null) => ({ at: Date.parse(at), count, runtime_s: { p50: null, p95, p99: null } }) as Point;
const trends = (...points: Point[]) => ({ items: [{ key: "shop.add", points }] }) as unknown as Trends;

test("the day with more runs speaks for the name", () => {
  const found = usualOf(trends(point("2026-11-27T00:00:00Z", 900, 2), point("2026-11-28T00:00:00Z", 5, 90)));
  expect(found.get("shop.add")).toEqual({ p95_s: 2, over: "on 2026-11-27" });
});

test("what nobody counted is not known", () => {
  expect([usualOf(null).size, usualOf(trends()).size, usualOf(trends(point("2026-11-28T00:00:00Z", 5, null))).size]).toEqual([0, 0, 0]);
});
