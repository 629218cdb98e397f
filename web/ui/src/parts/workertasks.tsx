// The tasks a worker knows: how many of each it took, and the limits that can be set.
import type { Registered } from "../services/snapshot";
import { written } from "../state/filter";
import { link } from "../state/location";
import { Act } from "./act";
import { AsOf, type TabProps } from "./asof";
import { Count } from "./figures";
import { type Column, Table } from "./table";
import { Name, visible } from "./text";

export function TasksTab({ worker, again }: TabProps) {
  const { cluster, hostname } = worker;
  const totals = new Map(worker.snapshot.stats?.value?.totals);
  const taken = (task: Registered): number | null => (worker.snapshot.stats?.value ? (totals.get(task.name) ?? 0) : null);
  const limit = (task: Registered, kind: "rate_limit" | "time_limit", words: string) => (
    <Act class="btn ghost" question={{ kind, cluster, hosts: [hostname], values: { task_name: task.name }, done: again }}>
      {words}
    </Act>
  );
  const columns: Column<Registered>[] = [
    { words: "Task", class: "m cut whole", cell: (task) => <Name name={task.name} /> },
    {
      words: "Taken",
      class: "r",
      cell: (task) => (
        <a class="n" href={link("/tasks", { q: `${written("worker", hostname)} ${written("name", task.name)}` })}>
          <Count n={taken(task)} />
        </a>
      ),
    },
    { words: "Says", class: "mono dim hide-s", cell: (task) => visible(task.said) },
    {
      words: "",
      class: "r",
      cell: (task) => (
        <>
          {limit(task, "rate_limit", "Rate…")}
          {limit(task, "time_limit", "Time…")}
        </>
      ),
    },
  ];
  return (
    <AsOf title="Registered tasks" note="limits hold until the worker restarts" kept={worker.snapshot.registered} worker={worker} again={again}>
      {(tasks) => <Table columns={columns} rows={tasks} keyOf={(task) => task.name} />}
    </AsOf>
  );
}
