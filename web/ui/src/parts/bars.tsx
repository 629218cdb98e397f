// Counts over time: one bar a bucket, pale with a firm edge on top; a bucket with anything in it is seen.
import type { Grid } from "../state/buckets";
import type { Frame } from "./timechart";

const LEAST_PX = 1.5;

/** `tone`: the class of a state's colours. Two paths, whatever the number of bars. */
export function Bars({ on, values, frame, tone }: { on: Grid; values: readonly (number | null)[]; frame: Frame; tone: string }) {
  const gap = frame.wide > 5 ? 1 : frame.wide > 2.4 ? 0.6 : 0;
  let area = "";
  let edge = "";
  values.forEach((value, k) => {
    if (!value) return;
    const x = frame.x(on.at[k] ?? 0).toFixed(1);
    const wide = Math.max(0.8, frame.wide - gap).toFixed(1);
    const top = Math.min(frame.y(value), frame.ground - LEAST_PX).toFixed(1);
    area += `M${x} ${frame.ground}V${top}h${wide}V${frame.ground}z`;
    edge += `M${x} ${top}h${wide}`;
  });
  return (
    <g class={tone}>
      <path class={tone === "FAILURE" ? "area failed" : "area"} d={area} />
      <path class="edge" d={edge} />
    </g>
  );
}
