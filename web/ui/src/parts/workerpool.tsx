// A worker's pool, and the queues it takes from: what it answered, and the commands that change it.
import type { WorkerKind } from "../state/dialogs";
import { written } from "../state/filter";
import { link } from "../state/location";
import { count } from "../state/words";
import { Act } from "./act";
import { AsOf, type TabProps } from "./asof";
import { Count, Duration } from "./figures";
import { Facts } from "./panel";
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
  const add = <Act question={{ kind: "add_consumer", cluster, hosts: [hostname], done: again }}>Add a queue…</Act>;
  return (
    <AsOf title="Takes from" kept={worker.snapshot.active_queues} worker={worker} again={again} acts={add}>
      {(queues) => (
        <div class="tw">
          <table class="t">
            <thead>
              <tr>
                <th>Queue</th>
                <th class="hide-s">Exchange</th>
                <th class="hide-s">Routing key</th>
                <th class="hide-s">Durable</th>
                <th class="r hide-s">Top priority</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {queues.map((queue) => (
                <tr key={queue.name}>
                  <td class="m">
                    <a class="n" href={link("/tasks", { q: written("queue", queue.name) })}>
                      <Said text={queue.name} />
                    </a>
                  </td>
                  <td class="dim hide-s">{visible(queue.exchange) || "–"}</td>
                  <td class="mono dim hide-s">{visible(queue.routing_key) || "–"}</td>
                  <td class="dim hide-s">{queue.durable === null ? "–" : queue.durable ? "yes" : "no"}</td>
                  <td class="r dim hide-s">{queue.priority_max ?? "–"}</td>
                  <td class="r">
                    <Act class="btn ghost" question={{ kind: "cancel_consumer", cluster, hosts: [hostname], values: { queue: queue.name }, done: again }}>
                      Stop taking…
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
