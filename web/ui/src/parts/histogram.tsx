// When the matching tasks were born; those that failed or were lost below, on a scale of their own. A drag gives a range.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Birth, Histogram as Births } from "../services/facets";
import { type Short, shortness } from "../state/bands";
import { grid, spread, total } from "../state/buckets";
import { choose } from "../state/range";
import { even } from "../state/scale";
import { count } from "../state/words";
import { Bars } from "./bars";
import { TimeChart } from "./timechart";
import { type Pointed, type Reading, Tip } from "./tip";

const WHOLE_PX = 74;
const UPPER_PX = 38;
const LOWER_PX = 36;

export function Histogram({ births, gaps }: { births: Births; gaps: readonly Short[] }) {
  const pointed = useSignal<Pointed | null>(null);
  const { on, matching, failed, bad } = useMemo(() => laid(births), [births]);
  const onlyBad = total(bad) > 0 && total(bad) === total(matching);
  const open = (index: number): void => {
    const at = (on.at[index] ?? 0) * 1000;
    choose(new Date(at).toISOString(), new Date(at + on.step_s * 1000).toISOString());
  };
  const readings = (index: number): Reading[] => {
    const [all, f, b] = [matching[index] ?? 0, failed[index] ?? 0, bad[index] ?? 0];
    const lines = [
      { words: "Matching", value: count(all), tone: "QUIET" },
      { words: "Failed", value: count(f), tone: "FAILURE" },
      { words: "Lost", value: count(b - f), tone: "LOST" },
    ];
    const short = shortness(gaps, on.at[index] ?? 0);
    const there = lines.filter((line, k) => k === 0 || line.value !== "0");
    return short ? [...there, { words: "Seen", value: short, tone: "RETRY" }] : there;
  };
  const shared = { on, pointed, open, bands: gaps };
  return (
    <div class="histo" onPointerLeave={() => (pointed.value = null)}>
      {!onlyBad && (
        <TimeChart {...shared} title={`Matching tasks over time: ${count(total(matching))}.`} scale={even(most(matching), false)} height={total(bad) ? UPPER_PX : WHOLE_PX} axis={!total(bad)}>
          {(frame) => <Bars on={on} values={matching} frame={frame} tone="QUIET" />}
        </TimeChart>
      )}
      {total(bad) > 0 && (
        <TimeChart {...shared} title={`Failed and lost over time: ${count(total(bad))}.`} scale={even(most(bad), false)} height={onlyBad ? WHOLE_PX : LOWER_PX}>
          {(frame) => (
            <>
              {total(bad) > total(failed) && <Bars on={on} values={bad} frame={frame} tone="LOST" />}
              <Bars on={on} values={failed} frame={frame} tone="FAILURE" />
            </>
          )}
        </TimeChart>
      )}
      <Tip at={pointed} time={(index) => (on.at[index] ?? 0) * 1e3} readings={readings} />
    </div>
  );
}

/** The place of the histogram while it is counted, so that nothing jumps. */
export const NoHistogram = () => <div class="histo" style={{ height: `${WHOLE_PX + 1}px` }} />;

function laid({ from, to, step_s, points }: Births) {
  const on = grid(from, to, step_s);
  const of = (value: (birth: Birth) => number | null) => spread(on, points, value, 0);
  return { on, matching: of((birth) => birth.matching), failed: of((birth) => birth.failed), bad: of((birth) => (birth.failed ?? 0) + (birth.lost ?? 0)) };
}

const most = (values: readonly (number | null)[]): number => Math.max(0, ...values.map((value) => value ?? 0));
