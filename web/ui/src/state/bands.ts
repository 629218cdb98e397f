// Where a chart is incomplete: the buckets in which fewer events were seen than are known to have happened.
import type { Point } from "../services/trends";
import { percent } from "./words";

export interface Short {
  /** Epoch seconds. */
  from: number;
  to: number;
  seen: number;
  known: number;
}

/** One band for buckets that touch. Points are in the order of time. */
export function shorts(points: readonly Point[], step_s: number): Short[] {
  const found: Short[] = [];
  for (const { at, seen, known } of points) {
    if (seen === null || known === null || seen >= known) continue;
    const from = at / 1000;
    const last = found.at(-1);
    if (last && from <= last.to) Object.assign(last, { to: from + step_s, seen: last.seen + seen, known: last.known + known });
    else found.push({ from, to: from + step_s, seen, known });
  }
  return found;
}

/** "71 % seen", in the tooltip of a bucket that was not seen whole; null for every other. */
export function shortness(bands: readonly Short[], at: number): string | null {
  const band = bands.find((each) => at >= each.from && at < each.to);
  return band ? `${percent(band.seen / band.known)} %` : null;
}
