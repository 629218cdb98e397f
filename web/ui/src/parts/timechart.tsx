// The frame of a chart over time: a scale, an axis, what is incomplete, marks, a reading line, and a drag that gives a range.
import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { timeTicks } from "../state/axis";
import type { Grid } from "../state/buckets";
import { zone } from "../state/prefs";
import { narrow, narrowed, widen } from "../state/range";
import type { Scale } from "../state/scale";
import { useWidth } from "../state/size";
import type { Pointed } from "./tip";

export interface Band {
  /** Epoch seconds. */
  from: number;
  to: number;
}

export interface Mark {
  at: number;
  words: string;
}

export interface Frame {
  x: (at: number) => number;
  y: (value: number) => number;
  /** y of zero. */
  ground: number;
  right: number;
  /** Width of one bucket in px. */
  wide: number;
}

interface TimeChartProps {
  /** A sentence that says what the chart shows. */
  title: string;
  on: Grid;
  scale: Scale;
  height: number;
  pointed: Signal<Pointed | null>;
  left?: number;
  right?: number;
  axis?: boolean;
  bands?: readonly Band[];
  marks?: readonly Mark[];
  /** Enter on the reading line. */
  open?: ((index: number) => void) | undefined;
  children: (frame: Frame) => ComponentChildren;
}

const AXIS_PX = 20;
const TOP_PX = 8;
const MARKED_PX = 18; // room for the words of marks
const DRAG_MIN_PX = 4;
const TICK_PX = 96;

export function TimeChart({ title, on, scale, height, pointed, left = 40, right = 8, axis = true, bands = [], marks = [], open, children }: TimeChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const first = on.at[0] ?? 0;
  const last = (on.at.at(-1) ?? first) + on.step_s;
  const ground = height - (axis ? AXIS_PX : 1);
  const end = Math.max(left + 1, width - right);
  const x = (at: number): number => left + ((at - first) / (last - first)) * (end - left);
  const top = marks.length ? MARKED_PX : TOP_PX;
  const y = (value: number): number => ground - scale.of(value) * (ground - top);
  const frame = { x, y, ground, right: end, wide: x(first + on.step_s) - left };
  const reading = pointed.value?.index;
  const hands = useHands(on, (px) => first + ((px - left) / (end - left)) * (last - first), pointed, open);
  const [a, z] = hands.drag ?? [0, 0];
  return (
    <div ref={box} class="chart" style={{ height: `${height}px` }} role="img" aria-label={title} tabIndex={0} {...hands.on}>
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          {scale.ticks.map((value) => (
            <g key={value}>
              <path class="gridl" d={`M${left} ${Math.round(y(value)) + 0.5}H${end}`} />
              <text x={left - 6} y={y(value) + 4} text-anchor="end">
                {scale.label(value)}
              </text>
            </g>
          ))}
          {children(frame)}
          {bands.filter((band) => band.to > first && band.from < last).map((band) => (
            <rect key={band.from} class="gap" x={x(Math.max(first, band.from))} y={top} width={Math.max(1, x(Math.min(last, band.to)) - x(Math.max(first, band.from)))} height={ground - top} />
          ))}
          {marks.filter((mark) => mark.at >= first && mark.at <= last).map((mark) => (
            <g key={mark.at}>
              <path class="mark" d={`M${Math.round(x(mark.at)) + 0.5} 0V${ground}`} />
              <text x={x(mark.at) + (x(mark.at) > end - 120 ? -4 : 4)} y={10} text-anchor={x(mark.at) > end - 120 ? "end" : "start"}>
                {mark.words}
              </text>
            </g>
          ))}
          <path class="gridl base" d={`M${left} ${ground + 0.5}H${end}`} />
          {axis &&
            timeTicks(first, last, Math.max(2, (end - left) / TICK_PX), zone.value).map((tick) => (
              <text key={tick.at} x={x(tick.at)} y={height - 4} text-anchor="middle">
                {tick.words}
              </text>
            ))}
          {reading !== undefined && <path class="reading" d={`M${x((on.at[reading] ?? 0) + on.step_s / 2)} 0V${ground}`} />}
          {hands.drag && <rect class="drag" x={Math.min(a, z)} y={0} width={Math.abs(z - a)} height={ground} />}
        </svg>
      )}
    </div>
  );
}

/** Pointer and keys: reading, dragging, opening. */
function useHands(on: Grid, timeOf: (px: number) => number, pointed: Signal<Pointed | null>, open: TimeChartProps["open"]) {
  const drag = useSignal<[number, number] | null>(null);
  const at = (event: PointerEvent): number => event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left;
  const indexOf = (px: number): number => Math.min(on.at.length - 1, Math.max(0, Math.floor((timeOf(px) - (on.at[0] ?? 0)) / on.step_s)));
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    drag.value = [at(event), at(event)];
  };
  const move = (event: PointerEvent): void => {
    if (drag.value) drag.value = [drag.value[0], at(event)];
    pointed.value = { index: indexOf(at(event)), x: event.clientX, y: event.clientY };
  };
  const up = (): void => {
    if (!drag.value) return;
    const [a, z] = drag.value;
    drag.value = null;
    if (Math.abs(z - a) < DRAG_MIN_PX) narrowed.value && widen();
    else narrow(timeOf(Math.min(a, z)) * 1000, timeOf(Math.max(a, z)) * 1000);
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (event.key === "Enter" && pointed.value) open?.(pointed.value.index);
    if (!by) return;
    event.preventDefault();
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const index = Math.min(on.at.length - 1, Math.max(0, (pointed.value?.index ?? on.at.length - (by > 0 ? 1 : 0)) + by));
    pointed.value = { index, x: box.left + (box.width * index) / on.at.length, y: box.top + 40 };
  };
  return { drag: drag.value, on: { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: () => (drag.value = null), onKeyDown: key, onBlur: () => (pointed.value = null) } };
}
