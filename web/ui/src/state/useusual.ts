// How long tasks of a name usually run: the p95 the API says for a day, of the day with more runs of yesterday and today.
import { useMemo } from "preact/hooks";
import { trends, type Trends } from "../services/trends";
import { useAsked } from "./asked";
import { scope } from "./field";

export interface Usual {
  p95_s: number;
  /** The day it was counted over. */
  over: string;
}

const NAMES_MAX = 50;
const EVERY_S = 600;

export function useUsual(): ReadonlyMap<string, Usual> {
  const asked = useAsked(scope.value ?? "", (signal) => trends({ cluster: scope.value, from: "now-1d", to: "now", step: "1d", by: "name", top: NAMES_MAX }, signal), EVERY_S);
  return useMemo(() => usualOf(asked.data), [asked.data]);
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
