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
}

export interface Series {
  key: string | null;
  points: Point[];
}

export interface Trends {
  from: number | null;
  to: number | null;
  step_s: number;
  items: Series[];
  totals: Measures & { per_s: number | null };
  complete: boolean;
  watermark: number | null;
}

export async function trends(params: Params, signal?: AbortSignal): Promise<Trends> {
  const wire = await ask("/trends", params, signal);
  const totals = object(wire.totals);
  return {
    from: time(wire.from),
    to: time(wire.to),
    step_s: num(wire.step_s) || 60,
    items: list(wire.items).map((each) => series(object(each))),
    totals: { ...measures(totals), per_s: num(totals.per_s) },
    complete: wire.complete !== false,
    watermark: time(wire.watermark),
  };
}

function series(wire: Wire): Series {
  const points = list(wire.points).flatMap((each): Point[] => {
    const point = object(each);
    const at = time(point.at);
    return at === null ? [] : [{ at, ...measures(point) }];
  });
  return { key: maybe(wire.key), points };
}

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
