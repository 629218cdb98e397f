// Trends: counts, failure rate and percentiles over time, in buckets by when a task finished.
import { ask } from "../api";
import { each, maybe, num, shape, time, timed } from "./read";
import type { Answer, ParamsOf, Said } from "./types";

export interface Percentiles extends ReturnType<typeof percentiles> {}

export interface Point extends ReturnType<typeof point> {
  at: number;
}

export type Measures = Omit<ReturnType<typeof point>, "at" | "seen" | "known">;
export interface Totals extends ReturnType<typeof totals> {}
export interface Series extends ReturnType<typeof series> {}
export interface Trends extends ReturnType<typeof read> {}

export async function trends(params: ParamsOf<"/trends">, signal?: AbortSignal): Promise<Trends> {
  return read(await ask("/trends", params, signal));
}

const percentiles = shape<Said<"Percentiles">>()({ p50: num, p95: num, p99: num });

const MEASURES = {
  count: num,
  succeeded: num,
  failed: num,
  revoked: num,
  retried: num,
  /** 0 to 1. */
  failure_rate: num,
  runtime_s: percentiles,
  queue_wait_s: percentiles,
};

const point = shape<Said<"TrendPoint">>()({
  ...MEASURES,
  at: time,
  /** Events seen in the bucket, and known to have happened; null where nobody can say. */
  seen: num,
  known: num,
});

const totals = shape<Said<"TrendTotals">>()({
  ...MEASURES,
  per_s: num,
  /** All run times together, in seconds. */
  spent_s: num,
});

type Answered = Required<Answer<"/trends">>;

const series = shape<Answered["items"][number]>()({
  key: maybe,
  points: timed(point),
  /** The whole range in one; null where it is not told. */
  totals: (value) => (value ? totals(value) : null),
});

const read = shape<Answered>()({
  from: time,
  to: time,
  step_s: (value) => num(value) || 60,
  items: each(series),
  totals,
  complete: (value) => value !== false,
  watermark: time,
});
