// What a worker does now: what it runs, what it holds, and what it did of late.
import type { Running } from "../services/snapshot";
import { keyOf, type Task, tasks } from "../services/tasks";
import { useAsked } from "../state/asked";
import { written } from "../state/filter";
import { link } from "../state/location";
import { now } from "../state/live";
import { taskPath } from "../state/pages";
import { from, open, to } from "../state/range";
import { count } from "../state/words";
import { Act } from "./act";
import { Age, type TabProps } from "./asof";
import { Answered } from "./boxes";
import { Clock, Duration } from "./figures";
import { Panel } from "./panel";
import { Recent } from "./recent";
import { Name, visible } from "./text";

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
      <Panel title="Running" note={away || (worker.pool?.size ? `${count(running.length)} of ${count(worker.pool.size)} processes` : count(running.length))} right={<Age kept={worker.snapshot.active} />}>
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

function Runs({ tasks: list, said, again }: { tasks: readonly Task[]; said: readonly Running[]; again: () => void }) {
  return (
    <div class="tw">
      <table class="t">
        <thead>
          <tr>
            <th>Task</th>
            <th class="hide-s">Arguments</th>
            <th class="r">Running for</th>
            <th class="r hide-s">Process</th>
            <th class="hide-m">Acknowledged</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {list.map((task) => {
            const own = said.find((each) => each.id === task.id);
            return (
              <tr key={keyOf(task)}>
                <td class="m cut host">
                  <a class="n" href={taskPath(task)}>
                    <Name name={task.name} />
                  </a>
                </td>
                <td class="mono dim cut hide-s host">{visible([task.args, task.kwargs].filter((each) => each && each !== "()" && each !== "{}").join(" ").slice(0, 300)) || <span class="faint">{task.args === null ? "not said" : "none"}</span>}</td>
                <td class="r">
                  <Duration s={task.started_at === null ? null : (now.value - task.started_at) / 1000} />
                </td>
                <td class="r dim hide-s">{own?.pid ?? "–"}</td>
                <td class="dim hide-m">{own?.acknowledged == null ? "–" : own.acknowledged ? "yes" : "late, after it ends"}</td>
                <td class="r">
                  <Act class="btn ghost" question={{ kind: "revoke", tasks: [{ id: task.id, cluster: task.cluster }], values: { terminate: "1" }, done: again }}>
                    Stop…
                  </Act>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Held({ tasks: list }: { tasks: readonly Task[] }) {
  return (
    <table class="t">
      <tbody>
        {list.map((task) => (
          <tr key={keyOf(task)}>
            <td class="m cut whole">
              <a class="n" href={taskPath(task)}>
                <Name name={task.name} />
              </a>
            </td>
            <td class="mono faint">{visible(task.id.slice(0, 8))}</td>
            <td class="r dim">
              {task.eta !== null && task.eta > now.value ? (
                <>
                  due <Clock at={task.eta} />
                </>
              ) : (
                <Duration s={task.received_at === null ? null : (now.value - task.received_at) / 1000} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
