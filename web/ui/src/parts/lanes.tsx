// Tasks per minute: one small chart a state, each on its own scale, over one axis of time.
import { type Signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Measures, Point, Trends } from "../services/trends";
import { type Short, shortness } from "../state/bands";
import { type Grid, perMinute, spread, total } from "../state/buckets";
import { go, link } from "../state/location";
import { even } from "../state/scale";
import { taskLook } from "../state/states";
import { gridOf } from "../state/trend";
import { count } from "../state/words";
import { Bars } from "./bars";
import { Count } from "./figures";
import { State } from "./glyphs";
import { asTable, PointTable } from "./pointtable";
import { TimeChart } from "./timechart";
import { type Pointed, Tip } from "./tip";

interface Lane {
  state: string;
  word?: string;
  value: (point: Point) => number | null;
  sum: (totals: Measures) => number | null;
  height: number;
}

const LANES: readonly Lane[] = [
  { state: "SUCCESS", value: (p) => p.succeeded, sum: (t) => t.succeeded, height: 116 },
  { state: "FAILURE", value: (p) => p.failed, sum: (t) => t.failed, height: 68 },
  { state: "RETRY", word: "Retried", value: (p) => p.retried, sum: (t) => t.retried, height: 52 },
  { state: "REVOKED", value: (p) => p.revoked, sum: (t) => t.revoked, height: 68 },
];

const wordOf = (lane: Lane): string => lane.word ?? taskLook(lane.state).word;
const filterOf = (lane: Lane): string => (lane.state === "RETRY" ? "retries:>=1" : `state:${lane.state}`);

export function Lanes({ trends }: { trends: Trends }) {
  const pointed = useSignal<Pointed | null>(null);
  const { on, bands, values } = useMemo(() => {
    const { on, bands } = gridOf(trends);
    return { on, bands, values: LANES.map((lane) => perMinute(spread(on, trends.items[0]?.points ?? [], lane.value, 0), on.step_s)) };
  }, [trends]);
  const readings = (index: number) => {
    const short = shortness(bands, on.at[index] ?? 0);
    const each = LANES.map((lane, k) => ({ words: wordOf(lane), value: count(values[k]?.[index], (values[k]?.[index] ?? 0) % 1 ? 1 : 0), tone: lane.state }));
    return short ? [...each, { words: "Seen", value: short, tone: "RETRY" }] : each;
  };
  if (asTable("tasks")) return <PointTable title="Tasks per minute" at={on.at} columns={LANES.map((lane, k) => [wordOf(lane), (index) => readings(index)[k]?.value] as const)} />;
  return (
    <div class="lanes" onPointerLeave={() => (pointed.value = null)}>
      {LANES.map((lane, k) => (
        <LaneRow key={lane.state} lane={lane} on={on} bands={bands} values={values[k] ?? []} sum={lane.sum(trends.totals)} last={k === LANES.length - 1} pointed={pointed} />
      ))}
      <Tip at={pointed} time={(index) => (on.at[index] ?? 0) * 1e3} readings={readings} />
    </div>
  );
}

interface RowProps {
  lane: Lane;
  on: Grid;
  bands: readonly Short[];
  values: (number | null)[];
  sum: number | null;
  last: boolean;
  pointed: Signal<Pointed | null>;
}

function LaneRow({ lane, on, bands, values, sum, last, pointed }: RowProps) {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const words = wordOf(lane);
  const open = (index: number): void => {
    const at = (on.at[index] ?? 0) * 1000;
    go(link("/tasks", { q: filterOf(lane), from: new Date(at).toISOString(), to: new Date(at + on.step_s * 1000).toISOString() }));
  };
  return (
    <div class="lane">
      <div class="lk">
        <State look={taskLook(lane.state)} word={words} />
        <span class="sm dim under">
          <a class="n" href={link("/tasks", { q: filterOf(lane) })}>
            <Count n={sum} />
          </a>
        </span>
      </div>
      <TimeChart
        title={`${words}: ${count(sum ?? total(values))} in this range, at most ${count(most)} a minute.`}
        on={on}
        scale={even(most, lane.height > 56)}
        height={lane.height}
        axis={last}
        bands={bands}
        pointed={pointed}
        open={open}
      >
        {(frame) => <Bars on={on} values={values} frame={frame} tone={lane.state} />}
      </TimeChart>
    </div>
  );
}
