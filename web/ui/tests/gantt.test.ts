// Phases of attempts.
import { expect, test } from "vitest";
import type { Attempt, Story } from "../src/services/story";
import { chartOf, ticks } from "../src/state/gantt";

const NONE = { number: null, worker: "", queue: "", sent_at: null, received_at: null, started_at: null, finished_at: null, runtime_s: null, exception: "", traceback: "" };
const story = (...attempts: Partial<Attempt>[]): Story => ({ state: "SUCCESS", eta: null, attempts: attempts.map((each) => ({ ...NONE, state: "SUCCESS", ...each })) }) as Story;
const kinds = (task: Story, now = 0): string[][] => chartOf(task, now)?.bars.map((bar) => bar.phases.map((phase) => `${phase.kind} ${phase.from}-${phase.to}`)) ?? [];

test("queued, held, running", () => {
  expect(kinds(story({ sent_at: 0, received_at: 10, started_at: 12, finished_at: 30 }))).toEqual([["queued 0-10", "held 10-12", "running 12-30"]]);
});

test("between attempts it is held back", () => {
  const task = story({ state: "RETRY", sent_at: 0, received_at: 1, started_at: 2, finished_at: 5 }, { received_at: 20, started_at: 21, finished_at: 22 });
  expect(kinds(task)[1]?.[0]).toBe("held-back 5-20");
});

test("what goes on reaches until now", () => {
  expect(kinds(story({ state: "STARTED", started_at: 5 }), 100)).toEqual([["queued 5-5", "running 5-100"]].map((row) => row.slice(1)));
});

test("clocks that disagree give no negative phase", () => {
  for (const bar of chartOf(story({ sent_at: 50, received_at: 40, started_at: 45, finished_at: 30 }), 0)?.bars ?? []) {
    for (const phase of bar.phases) expect(phase.to).toBeGreaterThanOrEqual(phase.from);
  }
});

test("nothing known is no chart", () => expect(chartOf(story({}), 0)).toBeNull());

test("marks of time are few and round", () => expect(ticks(95, 5)).toEqual([0, 20, 40, 60, 80]));
