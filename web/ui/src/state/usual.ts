// How long tasks of a name usually run: the p95 the API says for a day, of the day with more runs.
import type { Trends } from "../services/trends";

export interface Usual {
  p95_s: number;
  /** The day it was counted over. */
  over: string;
}

export function usualOf(trends: Trends | null): Map<string, Usual> {
  const found = new Map<string, Usual>();
  for (const { key, points } of trends?.items ?? []) {
    const [most] = [...points].sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
    const p95_s = most?.runtime_s.p95;
    if (key && most && p95_s) found.set(key, { p95_s, over: `on ${new Date(most.at).toISOString().slice(0, 10)}` });
  }
  return found;
}
