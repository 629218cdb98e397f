// Tasks per minute: one small chart a state, each on its own scale, over one axis of time.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Measures, Point, Trends } from "../services/trends";
import { grid, perMinute, spread, total } from "../state/buckets";
import { link } from "../state/location";
import { narrow, span } from "../state/range";
import { taskLook } from "../state/states";
import { count } from "../state/words";
import { bars } from "./bars";
import { Count } from "./figures";
import { State } from "./glyphs";
import { Plot } from "./plot";
import { type Pointed, Tip } from "./tip";

interface Lane {
  state: string;
  word?: string;
  value: (point: Point) => number | null;
  sum: (totals: Measures) => number | null;
  tone: string;
  height: number;
}

const LANES: readonly Lane[] = [
  { state: "SUCCESS", value: (p) => p.succeeded, sum: (t) => t.succeeded, tone: "success", height: 124 },
  { state: "FAILURE", value: (p) => p.failed, sum: (t) => t.failed, tone: "failure", height: 68 },
  { state: "RETRY", word: "Retried", value: (p) => p.retried, sum: (t) => t.retried, tone: "retry", height: 52 },
  { state: "REVOKED", value: (p) => p.revoked, sum: (t) => t.revoked, tone: "revoked", height: 68 },
];

export function Lanes({ trends }: { trends: Trends }) {
  const pointed = useSignal<Pointed | null>(null);
  const { on, values } = useMemo(() => {
    const range = span(trends.watermark ?? Date.now());
    const on = grid(trends.from ?? range.from, trends.to ?? range.to, trends.step_s);
    const points = trends.items[0]?.points ?? [];
    return { on, values: LANES.map((lane) => perMinute(spread(on, points, lane.value, 0), on.step_s)) };
  }, [trends]);
  return (
    <div class="lanes" onPointerLeave={() => (pointed.value = null)}>
      {LANES.map((lane, k) => (
        <LaneRow
          key={lane.state}
          lane={lane}
          at={on.at}
          values={values[k] ?? []}
          sum={lane.sum(trends.totals)}
          last={k === LANES.length - 1}
          point={(index, x, y) => (pointed.value = index === null ? null : { index, x, y })}
        />
      ))}
      <Tip
        at={pointed}
        time={(index) => (on.at[index] ?? 0) * 1e3}
        readings={(index) =>
          LANES.map((lane, k) => {
            const value = values[k]?.[index];
            return { words: wordOf(lane), value: count(value, value && value % 1 ? 1 : 0), tone: lane.state };
          })
        }
      />
    </div>
  );
}

const wordOf = (lane: Lane): string => lane.word ?? taskLook(lane.state).word;

interface RowProps {
  lane: Lane;
  at: number[];
  values: (number | null)[];
  sum: number | null;
  last: boolean;
  point: (index: number | null, x: number, y: number) => void;
}

function LaneRow({ lane, at, values, sum, last, point }: RowProps) {
  const series = useMemo(() => [values], [values]);
  const look = useMemo(() => bars(lane.tone, lane.height, last), [lane, last]);
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const words = wordOf(lane);
  return (
    <div class="lane">
      <div class="lk">
        <State look={taskLook(lane.state)} word={words} />
        <span class="sm dim under">
          <a class="n" href={link("/tasks", lane.state === "RETRY" ? {} : { q: `state:${lane.state}` })}>
            <Count n={sum} />
          </a>
        </span>
      </div>
      <Plot
        title={`${words}: ${count(sum ?? total(values))} in this range, at most ${count(most)} a minute.`}
        at={at}
        values={series}
        look={look}
        group="overview"
        onRange={narrow}
        onPoint={point}
      />
    </div>
  );
}
