// How long tasks of a name usually run: the p95 the API says for a day, of the day with more runs of yesterday and today.
import { useMemo } from "preact/hooks";
import { SignedOut } from "../api";
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

/** Asked once `ready`, after what the page is about; where it fails there are no bars, and it is asked again much later. */
export function useUsual(ready: boolean): ReadonlyMap<string, Usual> {
  const asked = useAsked(`${ready} ${scope.value ?? ""}`, (signal) => (ready ? day(signal) : Promise.resolve(null)), EVERY_S);
  return useMemo(() => usualOf(asked.data), [asked.data]);
}

function day(signal: AbortSignal): Promise<Trends | null> {
  const asked = trends({ cluster: scope.value, from: "now-1d", to: "now", step: "1d", by: "name", top: NAMES_MAX }, signal);
  return asked.catch((error: unknown) => {
    if (signal.aborted || error instanceof SignedOut) throw error;
    return null;
  });
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
