// Points of a trend on an even grid of time, so that a bucket nobody spoke in is drawn as nothing and an unknown one as a hole.

export interface Grid {
  /** Start of each bucket, epoch seconds. */
  at: number[];
  step_s: number;
}

const BUCKETS_MAX = 2000;

/** Buckets from the one that holds `from` to the one that holds the instant before `to`; epoch ms. */
export function grid(from: number, to: number, step_s: number): Grid {
  const wide = Math.max(step_s, Math.ceil((to - from) / 1000 / BUCKETS_MAX));
  const first = Math.floor(from / 1000 / wide) * wide;
  const at: number[] = [];
  for (let t = first; t * 1000 < to; t += wide) at.push(t);
  return { at: at.length ? at : [first], step_s: wide };
}

/** One value a bucket. `missing` stands where no point is: 0 for counts, null for percentiles. */
export function spread<P extends { at: number }>(on: Grid, points: readonly P[], value: (point: P) => number | null, missing: number | null): (number | null)[] {
  const out: (number | null)[] = on.at.map(() => missing);
  const first = on.at[0] ?? 0;
  for (const point of points) {
    const k = Math.floor((point.at / 1000 - first) / on.step_s);
    if (k < 0 || k >= out.length) continue;
    out[k] = joined(out[k] ?? null, value(point), missing);
  }
  return out;
}

/** Two points in one bucket: counts add up, of percentiles the larger one stands. */
function joined(there: number | null, more: number | null, missing: number | null): number | null {
  if (more === null) return there;
  if (there === null) return more;
  return missing === null ? Math.max(there, more) : there + more;
}

export const total = (values: readonly (number | null)[]): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** The top of an axis: the next round number. */
export function ceiling(most: number): number {
  if (!(most > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(most));
  return ([1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((step) => most <= step * size * 1.0000001) ?? 10) * size;
}

/** What per-minute counts a bucket holds, whatever its length. */
export const perMinute = (values: readonly (number | null)[], step_s: number): (number | null)[] =>
  values.map((value) => (value === null ? null : (value * 60) / step_s));
