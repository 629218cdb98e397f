// The overview: how much, how well, how long, what is wrong, and how much of it was seen.
import { ClusterTable } from "../parts/clustertable";
import { Answered, Cut, Empty, Incomplete } from "../parts/boxes";
import { Failing } from "../parts/failing";
import { Lanes } from "../parts/lanes";
import { Later } from "../parts/later";
import { NamesTable } from "../parts/namestable";
import { Panel } from "../parts/panel";
import { Percentiles } from "../parts/percentiles";
import { TableSwitch } from "../parts/pointtable";
import { Strip } from "../parts/strip";
import { Wrong } from "../parts/wrong";
import { facets } from "../services/facets";
import { type Trends, trends } from "../services/trends";
import { workers } from "../services/workers";
import { type Asked, useAsked } from "../state/asked";
import { useBefore } from "../state/before";
import { all, inScope, least, scope } from "../state/field";
import { from, open, to } from "../state/range";
import { useTitle } from "../state/title";

const EVERY_S = 10;

export function Overview(_: { id: string }) {
  useTitle("Overview");
  const range = { from: from.value, to: to.value, cluster: scope.value };
  const key = `${range.from} ${range.to} ${range.cluster}`;
  const every = open.value ? EVERY_S : null;
  const time = useAsked(key, (signal) => trends({ ...range, step: "auto" }, signal), every);
  const crew = useAsked(key, (signal) => workers({ cluster: range.cluster }, signal), every);
  const states = useAsked(key, (signal) => facets({ ...range, by: "state" }, signal), every);
  const ready = time.data !== null; // what is heavy and stands below does not slow what is looked at first
  const names = useAsked(`${key} ${ready}`, async (signal) => (ready ? trends({ ...range, step: "auto", by: "name", top: 50 }, signal) : null), every);
  const before = useBefore(ready);
  if (all.value.data?.length === 0) return <NoClusters />;
  const nothing = time.data?.totals.count === 0 && states.data?.total === 0;
  return (
    <div class="page">
      <h1 class="sr">Overview</h1>
      <Strip trends={time.data} workers={crew.data?.items ?? null} states={states.data} before={before} />
      <Wrong />
      {nothing ? <Later load={async () => (await import("../parts/notasks")).NoEvents} /> : <Charts time={time} names={names} />}
      <Panel title="Clusters" note="and what was left out of the picture">
        <Answered asked={all.value}>{() => <ClusterTable clusters={inScope.value} />}</Answered>
      </Panel>
      {names.data && <NamesTable trends={names.data} />}
    </div>
  );
}

function Charts({ time, names }: { time: Asked<Trends>; names: Asked<Trends | null> }) {
  const short = time.data?.complete === false ? <Cut /> : <Incomplete share={least.value?.completeness.share ?? null} />;
  const right = (name: string) => (
    <>
      {short}
      <TableSwitch name={name} />
    </>
  );
  return (
    <div class="grid">
      <Panel class="c8" title="Tasks per minute" note={<span class="hide-s">each state on its own scale, drag to look closer</span>} right={right("tasks")}>
        <Answered asked={time} rows={8} height={40}>
          {(data) => (
            <div class="body">
              <Lanes trends={data} />
            </div>
          )}
        </Answered>
      </Panel>
      <Panel class="c4" title="Failing most" note="by name">
        <Answered asked={names} rows={7} height={44}>
          {(data) => data && <Failing trends={data} />}
        </Answered>
      </Panel>
      <Panel class="c6" title="Queue wait" note={<span class="hide-s">from sent or due to started, log scale</span>} right={right("wait")}>
        <Answered asked={time} rows={6}>
          {(data) => (
            <div class="body">
              <Percentiles trends={data} name="wait" what="Queue wait" of={(point) => point.queue_wait_s} totals={data.totals.queue_wait_s} />
            </div>
          )}
        </Answered>
      </Panel>
      <Panel class="c6" title="Run time" note={<span class="hide-s">from started to finished, log scale</span>} right={right("run")}>
        <Answered asked={time} rows={6}>
          {(data) => (
            <div class="body">
              <Percentiles trends={data} name="run" what="Run time" of={(point) => point.runtime_s} totals={data.totals.runtime_s} />
            </div>
          )}
        </Answered>
      </Panel>
    </div>
  );
}

function NoClusters() {
  return (
    <div class="page">
      <Empty title="No clusters yet">
        <p class="dim">Meadow runs, and listens to no broker.</p>
        <pre class="code">meadow all --broker shop=amqp://user@host//</pre>
      </Empty>
    </div>
  );
}
