// One worker: is it there, how loaded, and what it did of late.
import { Answered } from "../parts/boxes";
import { Ago, Clock, Count, Duration } from "../parts/figures";
import { Glyph, TaskState } from "../parts/glyphs";
import { Panel } from "../parts/panel";
import { PingButton } from "../parts/ping";
import { Error } from "../parts/taskcells";
import { Name, Said, visible } from "../parts/text";
import { born, keyOf, type Task, tasks } from "../services/tasks";
import { oneWorker, type Worker } from "../services/workers";
import { useAsked } from "../state/asked";
import { written } from "../state/filter";
import { link, query } from "../state/location";
import { from, open, to } from "../state/range";
import { workerLook } from "../state/states";
import { useTitle } from "../state/title";
import { count } from "../state/words";

const EVERY_S = 5;
const RECENT = 50;

export function WorkerPage({ id }: { id: string }) {
  useTitle(id, { path: "/workers", words: "Workers" });
  const cluster = query.value.get("in") ?? query.value.get("cluster") ?? "";
  const asked = useAsked(`${cluster} ${id}`, (signal) => oneWorker(id, cluster, signal), EVERY_S);
  const recent = useAsked(
    `${cluster} ${id} ${from.value} ${to.value}`,
    (signal) => tasks({ worker: id, cluster, from: from.value, to: to.value, limit: RECENT }, signal),
    open.value ? EVERY_S : null,
  );
  return (
    <div class="page">
      <Answered asked={asked} rows={3}>
        {({ item }) => <Head worker={item} />}
      </Answered>
      <Panel title="Recent tasks" note="newest first" right={<a class="link-b sm" href={link("/tasks", { q: written("worker", id) })}>All of them</a>}>
        <Answered asked={recent} rows={8}>
          {(page) => (page.items.length ? <Recent tasks={page.items} /> : <p class="body dim">It ran nothing in this range.</p>)}
        </Answered>
      </Panel>
    </div>
  );
}

function Head({ worker }: { worker: Worker }) {
  const look = workerLook(worker.state);
  return (
    <div class="head">
      <div class="ttl">
        <Glyph id={look.glyph} tone={look.tone} />
        <h1>
          <Said text={worker.hostname} />
        </h1>
        <span class={`tag ${worker.state === "offline" ? "fail" : worker.state === "online" ? "ok" : "re"}`}>{look.word}</span>
        <div class="acts">
          <PingButton worker={worker} />
        </div>
      </div>
      <div class="facts">
        <Fact words="Cluster"><Said text={worker.cluster} /></Fact>
        <Fact words="Last seen"><Ago at={worker.last_seen_at} /> ago</Fact>
        <Fact words="Running"><Count n={worker.active} /></Fact>
        <Fact words="Processed"><Count n={worker.processed} /></Fact>
        <Fact words="Load">{worker.load.map((n) => count(n, 2)).join(" ") || "–"}</Fact>
        <Fact words="Heartbeat every"><Duration s={worker.freq_s} /></Fact>
        <Fact words="Version"><Said text={[worker.software, worker.version].filter(Boolean).join(" ") || "unknown"} /></Fact>
        <Fact words="Process id">{worker.pid ?? "–"}</Fact>
      </div>
      {worker.reason && worker.state !== "online" && (
        <div class={`banner ${worker.state === "offline" ? "f" : "w"}`}>
          <Glyph id={look.glyph} tone={look.tone} />
          <div>{visible(worker.reason.slice(0, 500))}</div>
        </div>
      )}
    </div>
  );
}

const Fact = ({ words, children }: { words: string; children: preact.ComponentChildren }) => (
  <span class="cut">
    <span class="k">{words}</span>
    {children}
  </span>
);

function Recent({ tasks }: { tasks: readonly Task[] }) {
  return (
    <div class="tw">
      <table class="t">
        <thead>
          <tr>
            <th>State</th>
            <th>Task</th>
            <th class="hide-s">Error</th>
            <th class="r">Sent</th>
            <th class="r">Ran</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <tr key={keyOf(task)}>
              <td>
                <TaskState state={task.state} />
              </td>
              <td class="m cut host">
                <a class="n" href={link(`/tasks/${encodeURIComponent(task.id)}`, { in: task.cluster })}>
                  <Name name={task.name} />
                </a>
              </td>
              <td class="cut hide-s host">{task.exception && <Error text={task.exception} failed={task.state === "FAILURE"} />}</td>
              <td class="r dim">
                <Clock at={born(task)} />
              </td>
              <td class="r">
                <Duration s={task.runtime_s} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
