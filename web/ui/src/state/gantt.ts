// Where each attempt's phases lie in time: in the queue, held by a worker, running, and waiting between.
import type { Attempt, Story } from "../services/story";
import { FINAL } from "./states";

export interface Phase {
  kind: "held-back" | "queued" | "held" | "running";
  from: number;
  to: number;
}

export interface Bar {
  number: number;
  state: string;
  phases: Phase[];
  /** When it ended, or now while it goes on; null when nothing is known. */
  end: number | null;
  runtime_s: number | null;
}

export interface Chart {
  bars: Bar[];
  from: number;
  to: number;
}

/** Null when no time of any attempt is known. */
export function chartOf(task: Story, now: number): Chart | null {
  const attempts = task.attempts.length ? task.attempts : [asAttempt(task)];
  const bars = attempts.map((attempt, k) => bar(attempt, attempts[k - 1], attempt.number ?? k + 1, k === attempts.length - 1 ? task.eta : null, now));
  const times = bars.flatMap((each) => each.phases.flatMap((phase) => [phase.from, phase.to]));
  if (!times.length) return null;
  const from = Math.min(...times);
  return { bars, from, to: Math.max(from + 10, ...times) };
}

function bar(attempt: Attempt, before: Attempt | undefined, number: number, due: number | null, now: number): Bar {
  const { sent_at: sent, received_at: received, started_at: started } = attempt;
  const over = FINAL.has(attempt.state) || attempt.state === "RETRY";
  const end = attempt.finished_at ?? (over ? (started ?? received ?? sent) : now);
  const phases: Phase[] = [];
  const add = (kind: Phase["kind"], from: number | null, to: number | null): void => {
    if (from !== null && to !== null) phases.push({ kind, from: Math.min(from, to), to: Math.max(from, to) });
  };
  const first = sent ?? received ?? started;
  if (before?.finished_at && first !== null && first > before.finished_at) add("held-back", before.finished_at, first);
  const taken = received ?? started ?? (attempt.state === "PENDING" || over ? end : null);
  const ready = sent !== null && due !== null && due > sent && taken !== null && due < taken ? due : sent;
  if (ready !== sent) add("held-back", sent, ready);
  add("queued", ready, taken);
  add("held", received, started ?? end);
  add("running", started, end);
  return { number, state: attempt.state, phases, end: phases.length ? end : null, runtime_s: attempt.runtime_s ?? running(started, end) };
}

const running = (started: number | null, end: number | null): number | null => (started === null || end === null ? null : Math.max(0, end - started) / 1000);

function asAttempt(task: Story): Attempt {
  return { ...task, number: (task.retries ?? 0) + 1 };
}

const STEPS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400, 604800];

/** Marks of time from the start, in seconds: at most `most` of them. */
export function ticks(span_s: number, most: number): number[] {
  const step = STEPS_S.find((each) => span_s / each <= most) ?? span_s;
  return Array.from({ length: Math.floor(span_s / step) + 1 }, (_, k) => k * step);
}
