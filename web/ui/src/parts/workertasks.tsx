// The tasks a worker knows: how many of each it took, and the limits that can be set.
import { written } from "../state/filter";
import { link } from "../state/location";
import { Act } from "./act";
import { AsOf, type TabProps } from "./asof";
import { Count } from "./figures";
import { Name, visible } from "./text";

export function TasksTab({ worker, again }: TabProps) {
  const { cluster, hostname } = worker;
  const totals = new Map(worker.snapshot.stats?.value?.totals);
  return (
    <AsOf title="Registered tasks" note="limits hold until the worker restarts" kept={worker.snapshot.registered} worker={worker} again={again}>
      {(tasks) => (
        <div class="tw">
          <table class="t">
            <thead>
              <tr>
                <th>Task</th>
                <th class="r">Taken</th>
                <th class="hide-s">Says</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {tasks.map((task) => (
                <tr key={task.name}>
                  <td class="m cut whole">
                    <Name name={task.name} />
                  </td>
                  <td class="r">
                    <a class="n" href={link("/tasks", { q: `${written("worker", hostname)} ${written("name", task.name)}` })}>
                      <Count n={worker.snapshot.stats?.value ? (totals.get(task.name) ?? 0) : null} />
                    </a>
                  </td>
                  <td class="mono dim hide-s">{visible(task.said)}</td>
                  <td class="r">
                    <Act class="btn ghost" question={{ kind: "rate_limit", cluster, hosts: [hostname], values: { task_name: task.name }, done: again }}>
                      Rate…
                    </Act>
                    <Act class="btn ghost" question={{ kind: "time_limit", cluster, hosts: [hostname], values: { task_name: task.name }, done: again }}>
                      Time…
                    </Act>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </AsOf>
  );
}
