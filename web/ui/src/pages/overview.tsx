// The overview: how much, how well, how long, and how much of it was seen.
import { ClusterTable } from "../parts/clustertable";
import { Answered, Cut, Empty, Incomplete } from "../parts/boxes";
import { Failing } from "../parts/failing";
import { Lanes } from "../parts/lanes";
import { Panel } from "../parts/panel";
import { Percentiles } from "../parts/percentiles";
import { Strip } from "../parts/strip";
import { tasks } from "../services/tasks";
import { trends } from "../services/trends";
import { workers } from "../services/workers";
import { useAsked } from "../state/asked";
import { all, inScope, least, scope } from "../state/field";
import { from, open, to } from "../state/range";
import { useTitle } from "../state/title";

const EVERY_S = 10;
const WAITING_MAX = 200; // counted up to this; more is said as "or more"

export function Overview(_: { id: string }) {
  useTitle("Overview");
  const range = { from: from.value, to: to.value, cluster: scope.value };
  const key = `${range.from} ${range.to} ${range.cluster}`;
  const every = open.value ? EVERY_S : null;
  const time = useAsked(key, (signal) => trends({ ...range, step: "auto" }, signal), every);
  const names = useAsked(key, (signal) => trends({ ...range, step: "auto", by: "name", top: 50 }, signal), every);
  const crew = useAsked(key, (signal) => workers({ cluster: range.cluster }, signal), every);
  const waiting = useAsked(key, (signal) => tasks({ ...range, state: ["PENDING", "RECEIVED"], limit: WAITING_MAX }, signal), every);
  const short = <Incomplete share={least.value?.completeness.share ?? null} />;
  if (all.value.data?.length === 0) return <NoClusters />;
  return (
    <div class="page">
      <h1 class="sr">Overview</h1>
      <Strip trends={time.data} workers={crew.data?.items ?? null} waiting={waiting.data} />
      <div class="grid">
        <Panel class="c8" title="Tasks per minute" note="each state on its own scale, drag to look closer" right={time.data?.complete === false ? <Cut /> : short}>
          <Answered asked={time} rows={8} height={40}>
            {(data) => <div class="body"><Lanes trends={data} /></div>}
          </Answered>
        </Panel>
        <Panel class="c4" title="Failing most" note="by name">
          <Answered asked={names} rows={7} height={44}>
            {(data) => <Failing trends={data} />}
          </Answered>
        </Panel>
        <Panel class="c6" title="Queue wait" note="from sent or due to started, log scale" right={short}>
          <Answered asked={time} rows={6}>
            {(data) => <div class="body"><Percentiles trends={data} what="Queue wait" of={(point) => point.queue_wait_s} totals={data.totals.queue_wait_s} /></div>}
          </Answered>
        </Panel>
        <Panel class="c6" title="Run time" note="from started to finished, log scale" right={short}>
          <Answered asked={time} rows={6}>
            {(data) => <div class="body"><Percentiles trends={data} what="Run time" of={(point) => point.runtime_s} totals={data.totals.runtime_s} /></div>}
          </Answered>
        </Panel>
      </div>
      <Panel title="Clusters" note="and what was left out of the picture">
        <Answered asked={all.value}>{() => <ClusterTable clusters={inScope.value} />}</Answered>
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
