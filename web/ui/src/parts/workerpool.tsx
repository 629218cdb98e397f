// A worker's pool, and the queues it takes from: what it answered, and the commands that change it.
import type { QueueTaken } from "../services/snapshot";
import type { WorkerKind } from "../state/dialogs";
import { written } from "../state/filter";
import { link } from "../state/location";
import { count } from "../state/words";
import { Act } from "./act";
import { AsOf, type TabProps } from "./asof";
import { Count, Duration } from "./figures";
import { Facts } from "./panel";
import { type Column, Table } from "./table";
import { Said, visible } from "./text";

const limit = (s: number | null | undefined) => (s ? <Duration s={s} /> : <span class="faint">none</span>);

export function PoolTab({ worker, again }: TabProps) {
  const act = (kind: WorkerKind) => ({ kind, cluster: worker.cluster, hosts: [worker.hostname], done: again });
  const acts = (
    <>
      <Act question={act("pool_grow")}>Grow…</Act>
      <Act question={act("pool_shrink")}>Shrink…</Act>
      <Act question={act("autoscale")}>Autoscale…</Act>
      <Act question={act("pool_restart")}>Restart…</Act>
    </>
  );
  return (
    <AsOf title="Pool" note={worker.snapshot.stats?.value && visible(worker.snapshot.stats.value.implementation)} kept={worker.snapshot.stats} worker={worker} again={again} acts={acts}>
      {(stats) => (
        <div class="body grid">
          <div class="c6">
            <Facts
              facts={[
                ["Processes", <Count n={stats.pids.length || stats.size} />],
                ["At its start", <Count n={stats.size} />],
                ["Busy", <Count n={worker.active} />],
                ["Autoscale", stats.autoscaler ? `${count(stats.autoscaler.min)} to ${count(stats.autoscaler.max)}` : "off"],
                ["Prefetch", <Count n={stats.prefetch} />],
              ]}
            />
          </div>
          <div class="c6">
            <Facts
              facts={[
                ["Tasks per child", visible(stats.per_child) || "not said"],
                ["Soft time limit", limit(stats.timeouts[0])],
                ["Hard time limit", limit(stats.timeouts[1])],
                ["Process ids", stats.pids.length ? stats.pids.join(", ") : "not said"],
              ]}
            />
          </div>
        </div>
      )}
    </AsOf>
  );
}

export function QueuesTab({ worker, again }: TabProps) {
  const { cluster, hostname } = worker;
  const to = { cluster, hosts: [hostname], done: again };
  const columns: Column<QueueTaken>[] = [
    {
      words: "Queue",
      class: "m",
      cell: (queue) => (
        <a class="n" href={link("/tasks", { q: written("queue", queue.name) })}>
          <Said text={queue.name} />
        </a>
      ),
    },
    { words: "Exchange", class: "dim hide-s", cell: (queue) => visible(queue.exchange) || "–" },
    { words: "Routing key", class: "mono dim hide-s", cell: (queue) => visible(queue.routing_key) || "–" },
    { words: "Durable", class: "dim hide-s", cell: (queue) => (queue.durable === null ? "–" : queue.durable ? "yes" : "no") },
    { words: "Top priority", class: "r dim hide-s", cell: (queue) => queue.priority_max ?? "–" },
    {
      words: "",
      class: "r",
      cell: (queue) => (
        <Act class="btn ghost" question={{ ...to, kind: "cancel_consumer", values: { queue: queue.name } }}>
          Stop taking…
        </Act>
      ),
    },
  ];
  return (
    <AsOf title="Takes from" kept={worker.snapshot.active_queues} worker={worker} again={again} acts={<Act question={{ ...to, kind: "add_consumer" }}>Add a queue…</Act>}>
      {(queues) => <Table columns={columns} rows={queues} keyOf={(queue) => queue.name} />}
    </AsOf>
  );
}
