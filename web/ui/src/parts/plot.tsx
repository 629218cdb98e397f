// One chart: uPlot drawn in the tokens' colours, redrawn when size, data or theme change; a drag gives a range.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { darkness, type Zone, zone } from "../state/prefs";
import { clock, iso } from "../state/words";
import { colour } from "./paint";

export interface Look {
  height: number;
  series: () => uPlot.Series[];
  /** Axis and scale of y. */
  y: { scale: uPlot.Scale; splits: (most: number, least: number) => number[]; label: (value: number) => string };
  /** False: no labels of time below. */
  axis?: boolean;
  /** Space for labels at the right end, px. */
  right?: number;
  left?: number;
  /** Draws over the finished chart. */
  over?: (chart: uPlot) => void;
}

interface PlotProps {
  /** A sentence that says what the chart shows. */
  title: string;
  at: number[];
  values: (number | null)[][];
  look: Look;
  /** Charts of a group share their crosshair. */
  group: string;
  onRange?: ((from: number, to: number) => void) | undefined;
  onPoint?: ((index: number | null, x: number, y: number) => void) | undefined;
}

const FONT = '11px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const DRAG_MIN_PX = 4;

export function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const drawn = new uPlot(options(latest, place.clientWidth, zone.value), data(latest.current), place);
    chart.current = drawn;
    const sizes = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== drawn.width) drawn.setSize({ width, height: latest.current.look.height });
    });
    sizes.observe(place);
    return () => (sizes.disconnect(), drawn.destroy());
  }, [darkness.value, zone.value, props.look.height, props.values.length]);
  useEffect(() => chart.current?.setData(data(props)), [props.at, props.values]);
  return <div ref={box} class="chart" role="img" aria-label={props.title} style={{ height: `${props.look.height}px` }} />;
}

const data = (props: PlotProps): uPlot.AlignedData => [props.at, ...props.values] as uPlot.AlignedData;

function options(latest: { current: PlotProps }, width: number, zone: Zone): uPlot.Options {
  const { look, group } = latest.current;
  return {
    width: Math.max(1, width),
    height: look.height,
    padding: [8, look.right ?? 8, 0, 0],
    legend: { show: false },
    tzDate: (at) => (zone === "UTC" ? uPlot.tzDate(new Date(at * 1e3), "Etc/UTC") : new Date(at * 1e3)),
    cursor: {
      y: false,
      points: { show: false },
      sync: { key: group },
      drag: { x: true, y: false, setScale: false, dist: DRAG_MIN_PX },
    },
    scales: { x: { time: true, range: (u) => ends(u) }, y: look.y.scale },
    axes: [timeAxis(look.axis !== false, zone), valueAxis(look)],
    series: [{}, ...look.series()],
    hooks: {
      setSelect: [(u) => selected(u, latest.current)],
      setCursor: [(u) => pointed(u, latest.current)],
      ...(look.over ? { draw: [look.over] } : {}),
    },
  };
}

/** The whole of the last bucket belongs to the picture. */
function ends(u: uPlot): [number, number] {
  const at = u.data[0];
  const first = at[0] ?? 0;
  const last = at.at(-1) ?? first;
  return [first, last + (at.length > 1 ? last - (at.at(-2) ?? first) : 60)];
}

function selected(u: uPlot, props: PlotProps): void {
  const { left, width } = u.select;
  if (width < DRAG_MIN_PX) return;
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  props.onRange?.(u.posToVal(left, "x") * 1e3, u.posToVal(left + width, "x") * 1e3);
}

function pointed(u: uPlot, props: PlotProps): void {
  const { left, idx, event } = u.cursor as uPlot.Cursor & { event?: MouseEvent | null };
  if (left === undefined || left < 0 || idx === null || idx === undefined) props.onPoint?.(null, 0, 0);
  else if (event) props.onPoint?.(idx, event.clientX, event.clientY);
}

function timeAxis(shown: boolean, zone: Zone): uPlot.Axis {
  return {
    size: shown ? 20 : 1,
    gap: 4,
    font: FONT,
    stroke: colour("ink-3"),
    grid: { show: false },
    ticks: { show: false },
    border: { show: true, stroke: colour("line-2"), width: 1 },
    space: 90,
    values: (_u, splits, _axis, _space, step) =>
      shown ? splits.map((at) => (step >= 86_400 ? iso(at * 1e3, zone).slice(5, 10) : clock(at * 1e3, zone).slice(0, step < 60 ? 8 : 5))) : splits.map(() => ""),
  };
}

function valueAxis(look: Look): uPlot.Axis {
  return {
    size: look.left ?? 40,
    gap: 6,
    font: FONT,
    stroke: colour("ink-3"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    splits: (_u, _axis, least, most) => look.y.splits(most, least),
    values: (_u, splits) => splits.map((value) => look.y.label(value)),
  };
}
