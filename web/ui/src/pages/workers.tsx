// The workers of all clusters, trouble first.
import { Fragment } from "preact";
import { useSignal } from "@preact/signals";
import { Answered, Cut, Empty } from "../parts/boxes";
import { Ago, Count } from "../parts/figures";
import { Glyph, WorkerState } from "../parts/glyphs";
import { PingButton } from "../parts/ping";
import { Said, visible } from "../parts/text";
import { type Worker, workers } from "../services/workers";
import { useAsked } from "../state/asked";
import { written } from "../state/filter";
import { all, scope } from "../state/field";
import { here, link, query } from "../state/location";
import { useTitle } from "../state/title";
import { WORKER_STATES, workerLook } from "../state/states";
import { count } from "../state/words";

const EVERY_S = 5;

export function Workers(_: { id: string }) {
  useTitle("Workers");
  const state = query.value.get("state");
  const typed = useSignal("");
  const asked = useAsked(scope.value ?? "", (signal) => workers({ cluster: scope.value }, signal), EVERY_S);
  const every = asked.data?.items ?? [];
  const shown = every.filter((each) => (!state || each.state === state) && holds(each, typed.value));
  return (
    <div class="page">
      <h1 class="sr">Workers</h1>
      <div class="row wrap">
        <div class="seg" role="group" aria-label="State">
          <a href={here({ state: null })} aria-current={state ? undefined : "true"}>
            All {count(every.length)}
          </a>
          {[...WORKER_STATES].reverse().map((each) => (
            <a key={each} href={here({ state: each })} aria-current={state === each ? "true" : undefined}>
              <Glyph id={workerLook(each).glyph} tone={workerLook(each).tone} />
              {workerLook(each).word} {count(every.filter((one) => one.state === each).length)}
            </a>
          ))}
        </div>
        <input class="input find" type="search" placeholder="Host or version" aria-label="Filter workers" maxLength={255} value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
        {asked.data?.next && <Cut n={every.length} />}
      </div>
      <section class="panel" aria-label="Workers">
        <Answered asked={asked} rows={10}>
          {() => (shown.length ? <Table workers={shown} /> : <NoWorkers some={every.length > 0} />)}
        </Answered>
      </section>
      <p class="faint sm">A worker is silent after missed heartbeats; it is offline when it said goodbye, or stayed silent for long.</p>
    </div>
  );
}

const holds = (worker: Worker, typed: string): boolean => `${worker.hostname} ${worker.software} ${worker.version}`.toLowerCase().includes(typed.trim().toLowerCase());

function NoWorkers({ some }: { some: boolean }) {
  return (
    <Empty title={some ? "No worker matches" : "No worker has said anything yet"}>
      <p class="dim">{some ? "Another state or fewer letters show more." : "Workers say they are alive when they run with events: celery -A yourapp worker -E."}</p>
    </Empty>
  );
}

function Table({ workers }: { workers: readonly Worker[] }) {
  const slugs = [...new Set([...workers].sort(troubleFirst).map((each) => each.cluster))];
  return (
    <div class="tw">
      <table class="t">
        <thead class="sticky">
          <tr>
            <th>State</th>
            <th>Worker</th>
            <th class="r">Running</th>
            <th class="r hide-s">Load</th>
            <th class="r">Processed</th>
            <th class="hide-m">Version</th>
            <th class="r hide-m">Process id</th>
            <th class="r hide-s">Last seen</th>
            <th class="hide-s" />
          </tr>
        </thead>
        <tbody>
          {slugs.map((slug) => {
            const own = workers.filter((each) => each.cluster === slug).sort(troubleFirst);
            return (
              <Fragment key={slug}>
                <Group slug={slug} workers={own} />
                {own.map((each) => (
                  <Row key={each.hostname} worker={each} />
                ))}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const rank = (worker: Worker): number => (WORKER_STATES.indexOf(worker.state) + WORKER_STATES.length + 1) % (WORKER_STATES.length + 1);
const troubleFirst = (a: Worker, b: Worker): number => rank(a) - rank(b) || a.hostname.localeCompare(b.hostname);

function Group({ slug, workers }: { slug: string; workers: readonly Worker[] }) {
  const broker = all.value.data?.find((each) => each.slug === slug)?.broker ?? "";
  return (
    <tr class="grp">
      <td colSpan={9} class="cut">
        <Said text={slug} />{" "}
        <span class="faint">
          {visible(broker)}
          {broker && ", "}
          {count(workers.length)} {workers.length === 1 ? "worker" : "workers"}
        </span>
      </td>
    </tr>
  );
}

function Row({ worker }: { worker: Worker }) {
  const tone = worker.state === "offline" ? "bad" : worker.state === "silent" ? "warn" : "dim";
  return (
    <tr>
      <td>
        <WorkerState state={worker.state} />
      </td>
      <td class="m cut host">
        <a class="n" href={link(`/workers/${encodeURIComponent(worker.hostname)}`, { in: worker.cluster })}>
          <Said text={worker.hostname} />
        </a>{" "}
        {worker.reason && worker.state !== "online" && <span class={`${tone} sm hide-s`}>{visible(worker.reason.slice(0, 200))}</span>}
      </td>
      <td class="r">
        <Count n={worker.state === "offline" ? null : worker.active} />
      </td>
      <td class="r hide-s" title={`1, 5 and 15 minutes: ${worker.load.map((n) => count(n, 2)).join(", ")}`}>
        <Count n={worker.load[0]} digits={2} />
      </td>
      <td class="r">
        <a class="n" href={link("/tasks", { q: written("worker", worker.hostname) })}>
          <Count n={worker.processed} />
        </a>
      </td>
      <td class="hide-m dim cut version">
        <Said text={[worker.software, worker.version].filter(Boolean).join(" ") || "unknown"} />
      </td>
      <td class="r hide-m dim">{worker.pid ?? "–"}</td>
      <td class="r hide-s dim">
        <Ago at={worker.last_seen_at} />
      </td>
      <td class="r hide-s">
        <PingButton worker={worker} />
      </td>
    </tr>
  );
}
