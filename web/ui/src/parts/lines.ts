// The look of percentiles over time: three lines of ink on a log scale, named at their right end.
import type uPlot from "uplot";
import { axisDuration, durationText } from "../state/words";
import { colour } from "./paint";
import type { Look } from "./plot";

const DECADES = [0.0001, 0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000];
const NAMES = ["p50", "p95", "p99"];
const APART_PX = 13;
const LEAST_S = 0.0001;

export function percentileLines(height: number): Look {
  return {
    height,
    right: 84,
    left: 48,
    y: {
      scale: { distr: 3, range: (_u, least, most) => [Math.max(LEAST_S, (least || 0.001) * 0.8), Math.max(LEAST_S * 10, (most || 1) * 1.3)] },
      splits: (most, least) => DECADES.filter((value) => value >= least && value <= most),
      label: axisDuration,
    },
    series: () => [line("ink", 1.25), line("ink-2", 1.75), line("ink-3", 1.25, [3, 2])],
    over: names,
  };
}

const line = (token: string, width: number, dash?: number[]): uPlot.Series => ({
  stroke: colour(token),
  width,
  spanGaps: false,
  points: { show: (u, at) => (u.data[at] ?? []).filter((value) => value !== null).length < 3, size: 4 },
  ...(dash ? { dash } : {}),
});

/** Each line's name and last value, pushed apart where they would touch. */
function names(u: uPlot): void {
  const scale = devicePixelRatio;
  const ends = NAMES.flatMap((name, k) => {
    const value = Array.from(u.data[k + 1] ?? []).findLast((each) => each !== null && each !== undefined);
    return value ? [{ text: `${name} ${durationText(value)}`, y: u.valToPos(value, "y", true) }] : [];
  }).sort((a, b) => a.y - b.y);
  let floor = -Infinity;
  u.ctx.save();
  u.ctx.font = `${11 * scale}px system-ui, sans-serif`;
  u.ctx.fillStyle = colour("ink-2");
  u.ctx.textAlign = "left";
  u.ctx.textBaseline = "middle";
  for (const end of ends) {
    floor = Math.max(end.y, floor + APART_PX * scale);
    u.ctx.fillText(end.text, u.bbox.left + u.bbox.width + 8 * scale, floor);
  }
  u.ctx.restore();
}
