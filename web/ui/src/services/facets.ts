// How many tasks match, by state or another field, and when they were born.
import { ask, type Params } from "../api";
import { list, num, object, text, time } from "./read";

export interface Facet {
  key: string;
  count: number | null;
}

export interface Birth {
  at: number;
  matching: number | null;
  failed: number | null;
  lost: number | null;
}

export interface Histogram {
  from: number;
  to: number;
  step_s: number;
  points: Birth[];
}

export interface Facets {
  items: Facet[];
  total: number | null;
  /** More keys than were answered. */
  more: boolean;
  histogram: Histogram | null;
  complete: boolean;
}

export async function facets(params: Params, signal?: AbortSignal): Promise<Facets> {
  const wire = await ask("/tasks/facets", params, signal);
  return {
    items: list(wire.items).map((each) => ({ key: text(object(each).key), count: num(object(each).count) })),
    total: num(wire.total),
    more: wire.more === true,
    histogram: histogram(wire.histogram),
    complete: wire.complete !== false,
  };
}

function histogram(said: unknown): Histogram | null {
  const wire = object(said);
  const [from, to] = [time(wire.from), time(wire.to)];
  if (from === null || to === null || to <= from) return null;
  const points = list(wire.points).flatMap((each): Birth[] => {
    const point = object(each);
    const at = time(point.at);
    return at === null ? [] : [{ at, matching: num(point.matching), failed: num(point.failed), lost: num(point.lost) }];
  });
  return { from, to, step_s: num(wire.step_s) || 60, points };
}
