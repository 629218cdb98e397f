// Workers by cluster: how each is, how busy, how well, what it takes from, and when it was last asked.
import { Fragment } from "preact";
import type { Worker } from "../services/workers";
import { ask, needs, type WorkerKind } from "../state/dialogs";
import { type Crew, idOf } from "../state/crew";
import { all, may } from "../state/field";
import { written } from "../state/filter";
import { go, link } from "../state/location";
import { workerPath } from "../state/pages";
import { count } from "../state/words";
import { Ago, Count, Percent } from "./figures";
import { Icon, WorkerState } from "./glyphs";
import { InspectButton } from "./inspect";
import { ping } from "./ping";
import { PoolCells } from "./poolcells";
import { Option, Pop } from "./pop";
import { Host, Said, visible } from "./text";

const FAILING = 0.02; // from this share on the figure is red
const OLD_S = 300; // a snapshot older than this is amber

interface TableProps {
  crews: readonly Crew[];
  cursor: string | null;
  again: () => void;
}

export function WorkerTable({ crews, cursor, again }: TableProps) {
  const place = new Map(crews.flatMap((crew) => crew.workers).map((each, k) => [idOf(each), k]));
  return (
    <div class="tw">
      <table class="t">
        <thead class="sticky">
          <tr>
            <th>State</th>
            <th>Worker</th>
            <th>Pool in use</th>
            <th class="r hide-s">Load</th>
            <th class="r hide-s">Finished</th>
            <th class="r">Failed</th>
            <th class="hide-m">Queues</th>
            <th class="hide-m">Celery</th>
            <th class="r hide-s">Heard</th>
            <th class="r hide-m">Snapshot</th>
            <th class="hide-s" />
          </tr>
        </thead>
        <tbody>
          {crews.map((crew) => (
            <Fragment key={crew.cluster}>
              <Group crew={crew} again={again} />
              {crew.workers.map((each) => (
                <Row key={each.hostname} worker={each} at={place.get(idOf(each)) ?? 0} current={idOf(each) === cursor} again={again} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Group({ crew, again }: { crew: Crew; again: () => void }) {
  const broker = all.value.data?.find((each) => each.slug === crew.cluster)?.broker ?? "";
  const n = crew.workers.length;
  return (
    <tr class="grp">
      <td colSpan={11}>
        <div class="row">
          <b>
            <Said text={crew.cluster} />
          </b>
          <span class="faint cut grow">
            {[visible(broker), `${count(n)} ${n === 1 ? "worker" : "workers"}`, crew.busy === null ? "" : `${count(crew.busy)}${crew.size === null ? "" : ` of ${count(crew.size)}`} processes busy`].filter(Boolean).join(", ")}
          </span>
          <span class="hide-s">
            <InspectButton cluster={crew.cluster} hosts={null} done={again} words="Inspect all" />
          </span>
        </div>
      </td>
    </tr>
  );
}

function Row({ worker, at, current, again }: { worker: Worker; at: number; current: boolean; again: () => void }) {
  const tone = worker.state === "offline" ? "bad" : "warn";
  const mine = written("worker", worker.hostname);
  const share = worker.finished ? (worker.failed ?? 0) / worker.finished : null;
  return (
    <tr id={`row-${at}`} aria-selected={current}>
      <td>
        <WorkerState state={worker.state} />
      </td>
      <td class="m cut host">
        <a class="n" href={workerPath(worker)}>
          <Host name={worker.hostname} />
        </a>{" "}
        {worker.reason && worker.state !== "online" && (
          <span class={`${tone} sm hide-s`} title={worker.reason.slice(0, 500)}>
            {visible(worker.reason.slice(0, 200))}
          </span>
        )}
      </td>
      <td>
        <PoolCells worker={worker} />
      </td>
      <td class="r hide-s" title={`1, 5 and 15 minutes: ${worker.load.map((n) => count(n, 2)).join(", ")}`}>
        <Count n={worker.load[0]} digits={1} />
      </td>
      <td class="r hide-s" title="in the last hour">
        <a class="n" href={link("/tasks", { q: mine, from: null, to: null })}>
          <Count n={worker.finished} />
        </a>
      </td>
      <td class={`r ${share !== null && share > FAILING ? "bad m" : ""}`} title={`${count(worker.failed)} in the last hour`}>
        <a class="n" href={link("/tasks", { q: `state:FAILURE ${mine}`, from: null, to: null })}>
          {share === null ? <Count n={worker.failed} /> : <Percent share={share} />}
        </a>
      </td>
      <td class="hide-m dim cut queues">{worker.queues ? <Said text={worker.queues.join(", ") || "none"} /> : <span class="faint">–</span>}</td>
      <td class="hide-m dim">{visible(worker.version) || "–"}</td>
      <td class="r hide-s dim">
        <Ago at={worker.last_seen_at} />
      </td>
      <td class={`r hide-m ${worker.snapshot_at !== null && Date.now() - worker.snapshot_at > OLD_S * 1000 ? "warn" : "dim"}`}>
        <Ago at={worker.snapshot_at} />
      </td>
      <td class="r hide-s">
        <Menu worker={worker} again={again} />
      </td>
    </tr>
  );
}

const ACTS: readonly (readonly [kind: WorkerKind, words: string])[] = [
  ["pool_grow", "Grow…"],
  ["pool_shrink", "Shrink…"],
  ["pool_restart", "Restart pool…"],
  ["shutdown", "Shut down…"],
];

function Menu({ worker, again }: { worker: Worker; again: () => void }) {
  const refused = may(needs("pool_grow")) ? undefined : `needs ${needs("pool_grow")}`;
  return (
    <Pop class="btn ghost icon" label={`Actions for ${visible(worker.hostname)}`} face={<Icon id="more" />} width={200}>
      {(close) => (
        <>
          <Option act={() => (close(), go(workerPath(worker)))}>Open</Option>
          <Option act={() => (close(), go(link("/tasks", { q: written("worker", worker.hostname) })))}>Its tasks</Option>
          <hr />
          <Option disabled={refused} act={() => (close(), void ping(worker))}>
            Ping
          </Option>
          {ACTS.map(([kind, words]) => (
            <Option key={kind} disabled={refused} act={() => (close(), ask({ kind, cluster: worker.cluster, hosts: [worker.hostname], done: again }))}>
              {kind === "shutdown" ? <span class="bad">{words}</span> : words}
            </Option>
          ))}
        </>
      )}
    </Pop>
  );
}
