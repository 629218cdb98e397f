// Where an axis of time is labelled: at round times of the zone, at most so many of them.
import type { Zone } from "./prefs";
import { clock, iso } from "./words";

export interface Tick {
  /** Epoch seconds. */
  at: number;
  words: string;
}

const DAY_S = 86_400;
const STEPS_S = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 28 * DAY_S];

/** `from` and `to` in epoch seconds. */
export function timeTicks(from: number, to: number, most: number, zone: Zone): Tick[] {
  const step = STEPS_S.find((each) => (to - from) / each <= most) ?? (to - from) / Math.max(1, most);
  const shift = zone === "UTC" ? 0 : new Date(from * 1000).getTimezoneOffset() * 60;
  const first = Math.ceil((from - shift) / step) * step + shift;
  const found: Tick[] = [];
  for (let at = first; at < to; at += step) found.push({ at, words: words(at * 1000, step, zone) });
  return found;
}

function words(at: number, step: number, zone: Zone): string {
  if (step >= DAY_S) return iso(at, zone).slice(5, 10);
  return clock(at, zone).slice(0, step < 60 ? 8 : 5);
}
