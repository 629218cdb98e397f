// Answers of any shape are read without a crash.
import { expect, test } from "vitest";
import { num, object, pageOf, texts, time } from "../src/services/read";
import { cluster } from "../src/services/clusters";
import { task } from "../src/services/tasks";

test("numbers and times that are none are null", () => {
  expect([num("3"), num(NaN), time(""), time("nope"), time(17)]).toEqual([null, null, null, null, null]);
  expect(time("2026-11-25T03:26:01.123456Z")).toBe(Date.parse("2026-11-25T03:26:01.123Z"));
});

test("objects and lists that are none are empty", () => {
  expect([object([1]), object(null), texts("a"), texts([1, null, ""])]).toEqual([{}, {}, [], ["1"]]);
});

test("a page of anything has its parts", () => {
  expect(pageOf({ items: [null, 3] }, task).items).toHaveLength(2);
  expect(pageOf({}, task)).toEqual({ items: [], next: null, complete: true, watermark: null });
});

test("a cluster that says nothing is unknown, not zero", () => {
  const read = cluster({ slug: "a", completeness: { share: null }, drops: { thin: 0, over_rate: 3, odd: "x" } });
  expect([read.lag_s, read.connected, read.completeness.share, read.gaps]).toEqual([null, null, null, null]);
  expect(read.drops).toEqual([["over_rate", 3]]);
});
