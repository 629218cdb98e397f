// Numbers and times as people read them: nothing unknown is ever shown as a number.
import { expect, test } from "vitest";
import { ago, axisDuration, clock, count, durationText, full, iso, percent, rate } from "../src/state/words";

const spaced = (text: string): string => text.replaceAll("\u202f", " ");

test.each([
  [0, "0 s"],
  [0.0000421, "42 µs"],
  [0.0841, "84.1 ms"],
  [0.09996, "100 ms"],
  [0.9996, "1.00 s"],
  [1.62, "1.62 s"],
  [9.999, "10.0 s"],
  [59.96, "1 m 00 s"],
  [852, "14 m 12 s"],
  [3599.6, "1 h 00 m"],
  [11_040, "3 h 04 m"],
  [172_799, "2 d 00 h"],
  [1e6, "11 d 14 h"],
  [-3, "0 s"],
])("a duration of %d s is %s", (seconds, text) => expect(spaced(durationText(seconds))).toBe(text));

test.each([null, undefined, NaN, Infinity])("%s is a dash everywhere", (nothing) => {
  expect([durationText(nothing), count(nothing), percent(nothing), clock(nothing, "UTC")]).toEqual(["–", "–", "–", "–"]);
  expect(full(nothing, "UTC")).toBe("unknown");
});

test.each([
  [0.99999, "99.9"],
  [1, "100"],
  [0.971, "97.1"],
  [0.00001, "<0.01"],
  [0, "0"],
  [0.0057, "0.57"],
])("a share of %d is %s %%", (share, text) => expect(percent(share)).toBe(text));

test("counts are grouped and keep their sign", () => {
  expect([148_212, -1234, -0.2].map((n) => spaced(count(n)))).toEqual(["148 212", "−1 234", "0"]);
});

test("times that no date holds are unknown, not a crash", () => {
  expect(iso(1e300, "UTC")).toBe("");
  expect(full(8.64e15, "UTC")).toBe("unknown");
});

test("a time of day is said in UTC to the millisecond", () => {
  expect(clock(Date.parse("2026-11-25T03:26:01.123Z"), "UTC", true)).toBe("03:26:01.123");
});

test("what is ahead of our clock is no time ago", () => expect(spaced(ago(2000, 1000))).toBe("0 s"));

test("axes say round durations", () => expect([0.01, 1, 60, 3600, 0.0001].map(axisDuration)).toEqual(["10 ms", "1 s", "1 min", "1 h", "0.1 ms"]));

test.each([
  [0, "0.0 per s"],
  [12.34, "12.3 per s"],
  [0.951, "1.0 per s"],
  [145 / 3600, "2.4 per min"],
  [1 / 3600, "1.0 per h"],
])("%d a second is %s", (perSecond, text) => expect(rate(perSecond).join(" ")).toBe(text));
