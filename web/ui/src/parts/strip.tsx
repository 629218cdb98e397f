// The six figures at the top of the overview; each leads to the list behind it.
import type { ComponentChildren } from "preact";
import type { TaskPage } from "../services/tasks";
import type { Trends } from "../services/trends";
import type { Worker } from "../services/workers";
import { link } from "../state/location";
import { Count, Duration, Percent, Rate } from "./figures";

const FAILING = 0.01; // from this share on the figure is red

function Cell({ words, to, value, children }: { words: string; to: string; value: ComponentChildren; children: ComponentChildren }) {
  return (
    <a class="cell" href={to}>
      <div class="k">{words}</div>
      <div class="v">{value}</div>
      <div class="d">{children}</div>
    </a>
  );
}

export function Strip({ trends, workers, waiting }: { trends: Trends | null; workers: Worker[] | null; waiting: TaskPage | null }) {
  const sum = trends?.totals;
  const online = workers?.filter((each) => each.state === "online") ?? null;
  return (
    <div class="strip">
      <Cell words="Finished" to={link("/tasks")} value={<Rate perSecond={sum?.per_s} />}>
        <Count n={sum?.count} /> in this range
      </Cell>
      <Cell words="Failed" to={link("/tasks", { q: "state:FAILURE" })} value={<span class={(sum?.failure_rate ?? 0) > FAILING ? "bad" : ""}><Percent share={sum?.failure_rate} /></span>}>
        <Count n={sum?.failed} /> tasks
      </Cell>
      <Cell words="Queue wait p95" to={link("/tasks", { q: "state:waiting" })} value={<Duration s={sum?.queue_wait_s.p95} />}>
        p50 <Duration s={sum?.queue_wait_s.p50} />
      </Cell>
      <Cell words="Run time p95" to={link("/tasks", { q: "state:succeeded" })} value={<Duration s={sum?.runtime_s.p95} />}>
        p50 <Duration s={sum?.runtime_s.p50} />, p99 <Duration s={sum?.runtime_s.p99} />
      </Cell>
      <Cell words="Running" to={link("/tasks", { q: "state:running" })} value={<Count n={running(online)} />}>
        <Count n={waiting?.items.length} />
        {waiting && (waiting.next || !waiting.complete) ? " or more" : ""} waiting
      </Cell>
      <Cell words="Workers online" to={link("/workers")} value={<Of n={online?.length} of={workers?.length} />}>
        {trouble(workers)}
      </Cell>
    </div>
  );
}

function Of({ n, of }: { n: number | undefined; of: number | undefined }) {
  return (
    <>
      <Count n={n} />
      <u> of </u>
      <u>
        <Count n={of} />
      </u>
    </>
  );
}

/** What heartbeats say is running; null when none says. */
function running(online: Worker[] | null): number | null {
  const said = online?.flatMap((each) => (each.active === null ? [] : [each.active])) ?? [];
  return said.length ? said.reduce((sum, n) => sum + n, 0) : null;
}

function trouble(workers: Worker[] | null): ComponentChildren {
  if (!workers) return "unknown";
  const n = (state: string): number => workers.filter((each) => each.state === state).length;
  const parts = [n("silent") && `${n("silent")} silent`, n("offline") && `${n("offline")} offline`].filter(Boolean);
  return parts.length ? <span class="warn">{parts.join(", ")}</span> : "none in trouble";
}
