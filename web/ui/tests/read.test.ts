// Answers of any shape are read without a crash.
import { expect, test } from "vitest";
import { address } from "../src/api";
import { num, object, pageOf, shape, texts, time, timed } from "../src/services/read";
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

test("what has no time is left out of a series", () => {
  const read = timed(shape<{ at: string | null; n: number }>()({ at: time, n: num }));
  expect(read([{ at: "2026-01-01T00:00:00Z", n: 1, more: 2 }, { n: 2 }, null])).toEqual([{ at: Date.UTC(2026, 0, 1), n: 1 }]);
});

test("an address takes parameters where it names them, and repeats lists", () => {
  expect(address("/workers/{hostname}/history", { hostname: "a/b?c@d", cluster: "x", state: ["A", "B"], from: null })).toBe(
    "/api/v1/workers/a%2Fb%3Fc%40d/history?cluster=x&state=A&state=B",
  );
});
