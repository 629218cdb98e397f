// What the reading line of a chart points at: beside the pointer, never under it.
import type { ReadonlySignal } from "@preact/signals";
import { zone } from "../state/prefs";
import { clock } from "../state/words";

export interface Pointed {
  index: number;
  x: number;
  y: number;
}

export interface Reading {
  words: string;
  value: string;
  /** Class of colour of a state, or "". */
  tone: string;
}

const WIDE = 176;

export function Tip({ at, time, readings }: { at: ReadonlySignal<Pointed | null>; time: (index: number) => number | null; readings: (index: number) => Reading[] }) {
  const point = at.value;
  if (!point) return null;
  const left = point.x + 14 + WIDE > innerWidth ? point.x - WIDE - 14 : point.x + 14;
  return (
    <div class="pop tip" style={{ left: `${Math.max(8, left)}px`, top: `${Math.max(8, point.y - 40)}px`, width: `${WIDE}px` }}>
      <div class="faint">
        {clock(time(point.index), zone.value)} {zone.value}
      </div>
      {readings(point.index).map((each) => (
        <div class="row" key={each.words}>
          <span class="row">
            <i class={`dot ${each.tone}`} />
            {each.words}
          </span>
          <b>{each.value}</b>
        </div>
      ))}
    </div>
  );
}
