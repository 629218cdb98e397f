// Which names fail most, with when they did.
import type { Series, Trends } from "../services/trends";
import { total } from "../state/buckets";
import { written } from "../state/filter";
import { link } from "../state/location";
import { Count, Percent } from "./figures";
import { Name } from "./text";

const SHOWN = 7;

interface Row {
  series: Series;
  failed: number;
  count: number;
}

export function Failing({ trends }: { trends: Trends }) {
  const rows = trends.items
    .map((series): Row => ({ series, failed: sum(series, "failed"), count: sum(series, "count") }))
    .filter((row) => row.failed > 0)
    .sort((a, b) => b.failed - a.failed)
    .slice(0, SHOWN);
  if (!rows.length) return <p class="body dim">Nothing failed in this range.</p>;
  return (
    <table class="t two">
      <tbody>
        {rows.map((row) => (
          <tr key={row.series.key}>
            <td class="cut whole">
              <a class="cut block" href={to(row)}>
                <Name name={row.series.key ?? "unknown name"} />
              </a>
              <div class="sm faint">
                <Percent share={row.count ? row.failed / row.count : null} /> of <Count n={row.count} />
              </div>
            </td>
            <td>
              <Spark values={row.series.points.map((point) => point.failed ?? 0)} />
            </td>
            <td class="r">
              <a class="n" href={to(row)}>
                <Count n={row.failed} />
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sum = (series: Series, what: "failed" | "count"): number => total(series.points.map((point) => point[what]));

const to = (row: Row): string => link("/tasks", { q: row.series.key && row.series.key !== "(other)" ? `state:FAILURE ${written("name", row.series.key)}` : "state:FAILURE" });

const WIDE = 64; // px, where nothing else is said
const HIGH = 20;
const BARS_MAX = 32;

/** Bars without an axis. */
export function Spark({ values, tone = "FAILURE", wide: width = WIDE }: { values: readonly number[]; tone?: string; wide?: number }) {
  const per = Math.max(1, Math.ceil(values.length / BARS_MAX));
  const bars = Array.from({ length: Math.ceil(values.length / per) }, (_, k) => total(values.slice(k * per, (k + 1) * per)));
  const most = Math.max(...bars, 1e-9);
  const wide = width / Math.max(1, bars.length);
  return (
    <svg class={`spark ${tone}`} width={width} height={HIGH} aria-hidden="true">
      {bars.map((value, k) => {
        const high = value > 0 ? Math.max(1.5, (value / most) * (HIGH - 2)) : 0;
        return <rect key={k} class="area" x={k * wide} y={HIGH - high} width={Math.max(0.8, wide - 1)} height={high} />;
      })}
      <path class="gridl" d={`M0 ${HIGH - 0.5}H${width}`} />
    </svg>
  );
}
