// The look of counts over time: one bar a bucket, pale with a firm edge on top; a bucket with anything in it is seen.
import uPlot from "uplot";
import { ceiling } from "../state/buckets";
import { count } from "../state/words";
import { colour, hatch } from "./paint";
import type { Look } from "./plot";

const LEAST_PX = 1.5;

/** `tone`: the name of a state's colours, as in --f-success. */
export function bars(tone: string, height: number, axis: boolean): Look {
  return {
    height,
    axis,
    y: {
      scale: { range: (_u, _least, most) => [0, ceiling(most ?? 1)] },
      splits: (most) => (height > 56 ? [most / 2, most] : [most]),
      label: (value) => count(value, value < 10 && value % 1 ? 1 : 0),
    },
    series: () => [
      {
        fill: tone === "failure" ? hatch("f-failure") : colour(`f-${tone}`),
        stroke: colour(`e-${tone}`),
        width: 1.5,
        points: { show: false },
        paths: barPaths,
      },
    ],
  };
}

/** Rectangles as fill, their upper edges as stroke. */
function barPaths(u: uPlot, at: number, from: number, to: number): uPlot.Series.Paths {
  const fill = new Path2D();
  const stroke = new Path2D();
  const times = u.data[0];
  const ground = u.valToPos(0, "y", true);
  const step = times.length > 1 ? (times[1] ?? 0) - (times[0] ?? 0) : 60;
  const wide = u.valToPos((times[0] ?? 0) + step, "x", true) - u.valToPos(times[0] ?? 0, "x", true);
  const gap = wide > 5 ? 1 : wide > 2.4 ? 0.6 : 0;
  for (let k = from; k <= to; k++) {
    const value = u.data[at]?.[k];
    if (!value) continue;
    const left = u.valToPos(times[k] ?? 0, "x", true);
    const top = Math.min(u.valToPos(value, "y", true), ground - LEAST_PX);
    fill.rect(left, top, wide - gap, ground - top);
    stroke.moveTo(left, top + 0.75);
    stroke.lineTo(left + wide - gap, top + 0.75);
  }
  return { fill, stroke };
}
