// What a worker does now: what it runs, what it holds, and what it did of late.
import type { Running } from "../services/snapshot";
import { argued, keyOf, type Task, tasks } from "../services/tasks";
import { useAsked } from "../state/asked";
import { written } from "../state/filter";
import { link } from "../state/location";
import { now } from "../state/live";
import { from, open, to } from "../state/range";
import { count } from "../state/words";
import { Act } from "./act";
import { Age, type TabProps } from "./asof";
import { Answered } from "./boxes";
import { Clock, Duration } from "./figures";
import { Panel } from "./panel";
import { Recent, TASK } from "./recent";
import { type Column, Table } from "./table";
import { visible } from "./text";

const EVERY_S = 5;
const RECENT = 50;

export function NowTab({ worker, again }: TabProps) {
  const { hostname, cluster, held } = worker;
  const recent = useAsked(`${cluster} ${hostname} ${from.value} ${to.value}`, (signal) => tasks({ worker: hostname, cluster, from: from.value, to: to.value, limit: RECENT }, signal), open.value ? EVERY_S : null);
  const later = held.filter((task) => task.state !== "STARTED" && task.eta !== null && task.eta > now.value);
  const running = held.filter((task) => task.state === "STARTED");
  const waiting = held.filter((task) => task.state !== "STARTED" && !later.includes(task));
  const away = worker.state === "offline" ? "as far as it was heard" : "";
  return (
    <>
      <Panel title="Running" note={away || (worker.pool?.max_concurrency ? `${count(running.length)} of ${count(worker.pool.max_concurrency)} processes` : count(running.length))} right={<Age kept={worker.snapshot.active} />}>
        {running.length ? <Runs tasks={running} said={worker.snapshot.active?.value ?? []} again={again} /> : <p class="body dim">Nothing.</p>}
      </Panel>
      <div class="grid">
        <Panel class="c6" title="Held, not started" note={away || count(waiting.length)}>
          {waiting.length > 0 && <Held tasks={waiting} />}
        </Panel>
        <Panel class="c6" title="Held for later" note="ETA and countdown">
          {later.length > 0 && <Held tasks={later} />}
        </Panel>
      </div>
      <Panel title="Recent tasks" note="newest first" right={<a class="link-b sm" href={link("/tasks", { q: written("worker", hostname) })}>All of them</a>}>
        <Answered asked={recent} rows={8}>
          {(page) => (page.items.length ? <Recent tasks={page.items} /> : <p class="body dim">It ran nothing in this range.</p>)}
        </Answered>
      </Panel>
    </>
  );
}

const WAITED: readonly Column<Task>[] = [
  { ...TASK, class: "m cut whole" },
  { words: "Id", class: "mono faint", cell: (task) => visible(task.id.slice(0, 8)) },
  {
    words: "Since",
    class: "r dim",
    cell: (task) =>
      task.eta !== null && task.eta > now.value ? (
        <>
          due <Clock at={task.eta} />
        </>
      ) : (
        <Duration s={since(task.received_at)} />
      ),
  },
];

const since = (at: number | null): number | null => (at === null ? null : (now.value - at) / 1000);
const Held = ({ tasks: list }: { tasks: readonly Task[] }) => <Table columns={WAITED} rows={list} keyOf={keyOf} heads={false} />;

/** `said`: what the worker answered of what it runs. */
function Runs({ tasks: list, said, again }: { tasks: readonly Task[]; said: readonly Running[]; again: () => void }) {
  const own = (task: Task): Running | undefined => said.find((each) => each.id === task.id);
  const columns: Column<Task>[] = [
    TASK,
    { words: "Arguments", class: "mono dim cut hide-s host", cell: (task) => visible(argued(task).join(" ").slice(0, 300)) || <span class="faint">{task.args === null ? "not said" : "none"}</span> },
    { words: "Running for", class: "r", cell: (task) => <Duration s={since(task.started_at)} /> },
    { words: "Process", class: "r dim hide-s", cell: (task) => own(task)?.pid ?? "–" },
    { words: "Acknowledged", class: "dim hide-m", cell: (task) => ({ true: "yes", false: "late, after it ends" })[String(own(task)?.acknowledged)] ?? "–" },
    {
      words: "",
      class: "r",
      cell: (task) => (
        <Act class="btn ghost" question={{ kind: "revoke", tasks: [{ id: task.id, cluster: task.cluster }], values: { terminate: "1" }, done: again }}>
          Stop…
        </Act>
      ),
    },
  ];
  return <Table columns={columns} rows={list} keyOf={keyOf} />;
}
