// What is usual: the days before the range, and the same hours a week ago.
import { type Totals, trends } from "../services/trends";
import { useAsked } from "./asked";
import { scope } from "./field";
import { from, span, to } from "./range";

export interface Before {
  /** The week before the range, or as long a time as it where that is longer; null while not known or when next to nothing ended in it. */
  usual: Totals | null;
  /** The same range a week earlier; null when next to nothing ended in it. */
  weekAgo: Totals | null;
}

const WEEK_MS = 7 * 86_400_000;
const FEW = 100; // of so few tasks nobody knows what is usual

const NONE: Before = { usual: null, weekAgo: null };

/** Asked once for a range, and not before `ready`: what is now comes first. Without an answer there is no usual, and the page says none. */
export function useBefore(ready: boolean): Before {
  const cluster = scope.value;
  const asked = useAsked(
    `before ${from.value} ${to.value} ${cluster} ${ready}`,
    async (signal): Promise<Before> => {
      if (!ready) return NONE;
      const range = span(Date.now());
      const reach = Math.max(WEEK_MS, range.to - range.from);
      const [usual, weekAgo] = await Promise.all([
        of(range.from - reach, range.from, cluster, signal),
        of(range.from - WEEK_MS, range.to - WEEK_MS, cluster, signal),
      ]);
      return { usual, weekAgo };
    },
    null,
    true,
  );
  return asked.data ?? NONE;
}

async function of(start: number, end: number, cluster: string | null, signal: AbortSignal): Promise<Totals | null> {
  const answer = await trends({ from: iso(start), to: iso(end), cluster, step: "1d" }, signal).catch(() => null);
  return answer?.complete && (answer.totals.count ?? 0) >= FEW ? answer.totals : null;
}

const iso = (at: number): string => new Date(at).toISOString();

/** "+4 %", "−12 %" of what was; "" when there is nothing to compare with. */
export function change(now: number | null | undefined, before: number | null | undefined): string {
  if (!before || now === null || now === undefined) return "";
  const share = Math.round((now / before - 1) * 100);
  return `${share > 0 ? "+" : share < 0 ? "−" : "±"}${Math.abs(share)} %`;
}
