// How long tasks waited or ran, over time: three lines of ink on a log scale, named at their right end.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Point, Percentiles as Values, Trends } from "../services/trends";
import { shortness } from "../state/bands";
import { type Grid, spread } from "../state/buckets";
import { logarithmic } from "../state/scale";
import { gridOf } from "../state/trend";
import { durationText } from "../state/words";
import { asTable, PointTable } from "./pointtable";
import { type Frame, TimeChart } from "./timechart";
import { type Pointed, Tip } from "./tip";

const KINDS = ["p50", "p95", "p99"] as const;
const HEIGHT = 168;
const APART_PX = 13;
const DOT_PX = 1.75;

export function Percentiles({ trends, name, what, of, totals }: { trends: Trends; /** In the address, where it is shown as a table. */ name: string; what: string; of: (point: Point) => Values; totals: Values }) {
  const pointed = useSignal<Pointed | null>(null);
  const { on, bands, values } = useMemo(() => {
    const { on, bands } = gridOf(trends);
    return { on, bands, values: KINDS.map((kind) => spread(on, trends.items[0]?.points ?? [], (point) => of(point)[kind] || null, null)) };
  }, [trends]);
  const readings = (index: number) => {
    const short = shortness(bands, on.at[index] ?? 0);
    const each = KINDS.map((kind, k) => ({ words: kind, value: durationText(values[k]?.[index]), tone: "" }));
    return short ? [...each, { words: "Seen", value: short, tone: "RETRY" }] : each;
  };
  if (asTable(name)) return <PointTable title={what} at={on.at} columns={KINDS.map((kind, k) => [kind, (index) => readings(index)[k]?.value] as const)} />;
  return (
    <div onPointerLeave={() => (pointed.value = null)}>
      <TimeChart
        title={`${what}: half within ${durationText(totals.p50)}, 95 % within ${durationText(totals.p95)}, 99 % within ${durationText(totals.p99)}.`}
        on={on}
        scale={logarithmic(values.flat())}
        height={HEIGHT}
        left={48}
        right={84}
        bands={bands}
        pointed={pointed}
      >
        {(frame) => (
          <>
            {values.map((line, k) => (
              <path key={k} class={`line p${k}`} d={lineOf(on, line, frame)} />
            ))}
            <Names values={values} frame={frame} />
          </>
        )}
      </TimeChart>
      <Tip at={pointed} time={(index) => (on.at[index] ?? 0) * 1e3} readings={readings} />
    </div>
  );
}

/** Through the middles of the buckets, broken where nothing is known; one alone is a short dash. */
function lineOf(on: Grid, values: readonly (number | null)[], frame: Frame): string {
  const known = (k: number): number | null => values[k] ?? null;
  return values
    .map((value, k) => {
      if (value === null) return "";
      const [x, y] = [frame.x((on.at[k] ?? 0) + on.step_s / 2), frame.y(value).toFixed(1)];
      if (known(k - 1) !== null) return `L${x.toFixed(1)} ${y}`;
      return known(k + 1) === null ? `M${(x - DOT_PX).toFixed(1)} ${y}h${DOT_PX * 2}` : `M${x.toFixed(1)} ${y}`;
    })
    .join("");
}

/** Each line's name and last value, pushed apart where they would touch. */
function Names({ values, frame }: { values: readonly (number | null)[][]; frame: Frame }) {
  const ends = KINDS.flatMap((name, k) => {
    const value = values[k]?.findLast((each) => each !== null) ?? null;
    return value === null ? [] : [{ name, value, y: frame.y(value) }];
  }).sort((a, b) => b.y - a.y);
  let roof = frame.ground + APART_PX;
  for (const end of ends) roof = end.y = Math.min(end.y, roof - APART_PX);
  return (
    <>
      {ends.map((end) => (
        <text key={end.name} class="ink" x={frame.right + 6} y={end.y + 4}>
          {end.name} {durationText(end.value)}
        </text>
      ))}
    </>
  );
}
