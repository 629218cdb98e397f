// How many processes of a worker were busy over time, as its heartbeats say.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { type History, history } from "../services/history";
import type { WorkerStory } from "../services/worker";
import { useAsked } from "../state/asked";
import { grid } from "../state/buckets";
import { now } from "../state/live";
import { from, open, span, to } from "../state/range";
import { even } from "../state/scale";
import { count } from "../state/words";
import { Bars } from "./bars";
import { Answered } from "./boxes";
import { Panel } from "./panel";
import { TimeChart } from "./timechart";
import { type Pointed, Tip } from "./tip";

const EVERY_S = 10;

export function Busy({ worker }: { worker: WorkerStory }) {
  const { hostname, cluster } = worker;
  const asked = useAsked(`${cluster} ${hostname} ${from.value} ${to.value}`, (signal) => history(hostname, { cluster, from: from.value, to: to.value }, signal), open.value ? EVERY_S : null);
  const size = worker.pool?.max_concurrency;
  return (
    <Panel title="Processes busy" note={size ? `of ${count(size)}, from heartbeats` : "from heartbeats"}>
      <Answered asked={asked} rows={3}>
        {(data) => (
          <div class="body">
            <Chart worker={worker} data={data} />
          </div>
        )}
      </Answered>
    </Panel>
  );
}

function Chart({ worker, data }: { worker: WorkerStory; data: History }) {
  const pointed = useSignal<Pointed | null>(null);
  const { on, values } = useMemo(() => {
    const range = span(now.peek());
    const on = grid(data.from ?? range.from, data.to ?? range.to, data.step_s);
    const first = on.at[0] ?? 0;
    const values: (number | null)[] = on.at.map(() => null);
    for (const point of data.points) {
      const k = Math.floor((point.at / 1000 - first) / on.step_s);
      if (k >= 0 && k < values.length) values[k] = point.active;
    }
    return { on, values };
  }, [data]);
  const most = Math.max(worker.pool?.max_concurrency ?? 1, ...values.map((value) => value ?? 0));
  const gone = worker.state !== "online" && worker.last_seen_at !== null ? [{ at: worker.last_seen_at / 1000, words: "last heartbeat" }] : [];
  return (
    <div onPointerLeave={() => (pointed.value = null)}>
      <TimeChart title={`Processes busy: at most ${count(Math.max(0, ...values.map((value) => value ?? 0)))}.`} on={on} scale={even(most, false)} height={84} left={28} marks={gone} pointed={pointed}>
        {(frame) => <Bars on={on} values={values} frame={frame} tone="STARTED" />}
      </TimeChart>
      <Tip at={pointed} time={(index) => (on.at[index] ?? 0) * 1e3} readings={(index) => [{ words: "Busy", value: values[index] == null ? "not heard" : count(values[index], 1).replace(/\.0$/, ""), tone: "STARTED" }]} />
    </div>
  );
}
