// Trends: counts, failure rate and percentiles over time, in buckets by when a task finished.
import { ask, type Params, type Wire } from "../api";
import { list, maybe, num, object, time } from "./read";

export interface Percentiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export interface Measures {
  count: number | null;
  succeeded: number | null;
  failed: number | null;
  revoked: number | null;
  retried: number | null;
  /** 0 to 1. */
  failure_rate: number | null;
  runtime_s: Percentiles;
  queue_wait_s: Percentiles;
}

export interface Point extends Measures {
  at: number;
  /** Events seen in the bucket, and known to have happened; null where nobody can say. */
  seen: number | null;
  known: number | null;
}

export interface Series {
  key: string | null;
  points: Point[];
  /** The whole range in one; null where it is not told. */
  totals: Totals | null;
}

export interface Totals extends Measures {
  per_s: number | null;
  /** All run times together, in seconds. */
  spent_s: number | null;
}

export interface Trends {
  from: number | null;
  to: number | null;
  step_s: number;
  items: Series[];
  totals: Totals;
  complete: boolean;
  watermark: number | null;
}

export async function trends(params: Params, signal?: AbortSignal): Promise<Trends> {
  const wire = await ask("/trends", params, signal);
  return {
    from: time(wire.from),
    to: time(wire.to),
    step_s: num(wire.step_s) || 60,
    items: list(wire.items).map((each) => series(object(each))),
    totals: totals(object(wire.totals)),
    complete: wire.complete !== false,
    watermark: time(wire.watermark),
  };
}

function series(wire: Wire): Series {
  const points = list(wire.points).flatMap((each): Point[] => {
    const point = object(each);
    const at = time(point.at);
    return at === null ? [] : [{ at, seen: num(point.seen), known: num(point.known), ...measures(point) }];
  });
  return { key: maybe(wire.key), points, totals: wire.totals ? totals(object(wire.totals)) : null };
}

const totals = (wire: Wire): Totals => ({ ...measures(wire), per_s: num(wire.per_s), spent_s: num(wire.spent_s) });

function measures(wire: Wire): Measures {
  return {
    count: num(wire.count),
    succeeded: num(wire.succeeded),
    failed: num(wire.failed),
    revoked: num(wire.revoked),
    retried: num(wire.retried),
    failure_rate: num(wire.failure_rate),
    runtime_s: percentiles(object(wire.runtime_s)),
    queue_wait_s: percentiles(object(wire.queue_wait_s)),
  };
}

const percentiles = (wire: Wire): Percentiles => ({ p50: num(wire.p50), p95: num(wire.p95), p99: num(wire.p99) });
