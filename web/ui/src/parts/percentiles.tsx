// How long tasks waited or ran, over time.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Point, Percentiles as Values, Trends } from "../services/trends";
import { grid, spread } from "../state/buckets";
import { narrow, span } from "../state/range";
import { durationText } from "../state/words";
import { percentileLines } from "./lines";
import { Plot } from "./plot";
import { type Pointed, Tip } from "./tip";

const KINDS = ["p50", "p95", "p99"] as const;
const HEIGHT = 168;

export function Percentiles({ trends, what, of, totals }: { trends: Trends; what: string; of: (point: Point) => Values; totals: Values }) {
  const pointed = useSignal<Pointed | null>(null);
  const look = useMemo(() => percentileLines(HEIGHT), []);
  const { on, values } = useMemo(() => {
    const range = span(trends.watermark ?? Date.now());
    const on = grid(trends.from ?? range.from, trends.to ?? range.to, trends.step_s);
    const points = trends.items[0]?.points ?? [];
    return { on, values: KINDS.map((kind) => spread(on, points, (point) => of(point)[kind] || null, null)) };
  }, [trends]);
  return (
    <div onPointerLeave={() => (pointed.value = null)}>
      <Plot
        title={`${what}: half within ${durationText(totals.p50)}, 95 % within ${durationText(totals.p95)}, 99 % within ${durationText(totals.p99)}.`}
        at={on.at}
        values={values}
        look={look}
        group="overview"
        onRange={narrow}
        onPoint={(index, x, y) => (pointed.value = index === null ? null : { index, x, y })}
      />
      <Tip
        at={pointed}
        time={(index) => (on.at[index] ?? 0) * 1e3}
        readings={(index) => KINDS.map((kind, k) => ({ words: kind, value: durationText(values[k]?.[index]), tone: "" }))}
      />
    </div>
  );
}
