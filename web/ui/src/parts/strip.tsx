// The six figures at the top of the overview, each with its usual, each leading to the list behind it.
import type { ComponentChildren } from "preact";
import type { Facets } from "../services/facets";
import type { Trends } from "../services/trends";
import type { Worker } from "../services/workers";
import { type Before, change } from "../state/before";
import { sum as together } from "../state/crew";
import { link } from "../state/location";
import { Count, Duration, Percent, Rate } from "./figures";

const FAILING = 0.01; // from this share on the figure is red where no usual is known
const TIMES = 2; // and from so many times the usual where one is

function Cell({ words, to, value, children }: { words: string; to: string; value: ComponentChildren; children: ComponentChildren }) {
  return (
    <a class="cell" href={to}>
      <div class="k">{words}</div>
      <div class="v">{value}</div>
      <div class="d">{children}</div>
    </a>
  );
}

interface StripProps {
  trends: Trends | null;
  workers: readonly Worker[] | null;
  states: Facets | null;
  before: Before;
}

export function Strip({ trends, workers, states, before }: StripProps) {
  const sum = trends?.totals;
  const { usual, weekAgo } = before;
  const grown = change(sum?.per_s, weekAgo?.per_s);
  const failing = (sum?.failure_rate ?? 0) > (usual?.failure_rate ? usual.failure_rate * TIMES : FAILING);
  return (
    <div class="strip">
      <Cell words="Finished" to={link("/tasks", { q: "state:SUCCESS,FAILURE,REVOKED,REJECTED" })} value={<Rate perSecond={sum?.per_s} />}>
        <Count n={sum?.count} />
        {grown ? `, ${grown} on last week` : " in this range"}
      </Cell>
      <Cell words="Failed" to={link("/tasks", { q: "state:FAILURE" })} value={<span class={failing ? "bad" : ""}><Percent share={sum?.failure_rate} /></span>}>
        <Count n={sum?.failed} /> tasks
        {usual?.failure_rate != null && (
          <>
            , usually <Percent share={usual.failure_rate} />
          </>
        )}
      </Cell>
      <Cell words="Queue wait p95" to={link("/tasks", { q: "wait:*", sort: "wait" })} value={<Duration s={sum?.queue_wait_s.p95} />}>
        p50 <Duration s={sum?.queue_wait_s.p50} />
        <Usually s={usual?.queue_wait_s.p95} />
      </Cell>
      <Cell words="Run time p95" to={link("/tasks", { q: "state:succeeded runtime:*", sort: "runtime" })} value={<Duration s={sum?.runtime_s.p95} />}>
        p50 <Duration s={sum?.runtime_s.p50} />
        <Usually s={usual?.runtime_s.p95} />
      </Cell>
      <Waiting states={states} />
      <Crew workers={workers} />
    </div>
  );
}

const Usually = ({ s }: { s: number | null | undefined }) =>
  s == null ? null : (
    <>
      , usually <Duration s={s} />
    </>
  );

/** Tasks that did not begin: in a queue, as far as anybody said, or held by a worker. */
function Waiting({ states }: { states: Facets | null }) {
  const n = (state: string): number | null => (states ? (states.items.find((each) => each.key === state)?.count ?? 0) : null);
  const [sent, held] = [n("PENDING"), n("RECEIVED")];
  return (
    <Cell words="Waiting" to={link("/tasks", { q: "state:PENDING,RECEIVED" })} value={<Count n={sent === null ? null : sent + (held ?? 0)} />}>
      <Count n={sent} /> in queues, <Count n={held} /> held
    </Cell>
  );
}

function Crew({ workers }: { workers: readonly Worker[] | null }) {
  const there = workers?.filter((each) => each.state !== "offline") ?? [];
  const online = workers?.filter((each) => each.state === "online").length;
  const busy = together(there.map((each) => each.active));
  const size = together(there.map((each) => each.pool?.max_concurrency ?? null));
  const n = (state: string): number => workers?.filter((each) => each.state === state).length ?? 0;
  const trouble = [n("silent") && `${n("silent")} silent`, n("offline") && `${n("offline")} offline`].filter(Boolean).join(", ");
  return (
    <Cell
      words="Workers"
      to={link("/workers")}
      value={
        <>
          <Count n={online} />
          <u> of </u>
          <u>
            <Count n={workers?.length} />
          </u>
        </>
      }
    >
      {trouble && <span class="warn">{trouble}, </span>}
      <Count n={busy} />
      {size !== null && (
        <>
          {" "}
          of <Count n={size} />
        </>
      )}
      {(size ?? busy) === 1 ? " process busy" : " processes busy"}
    </Cell>
  );
}
