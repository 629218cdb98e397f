// The head of a worker's page: how it is, its facts, what can be done with it, and the evidence when it is away.
import type { ComponentChildren } from "preact";
import type { WorkerStory } from "../services/worker";
import { written } from "../state/filter";
import { link } from "../state/location";
import { workerLook } from "../state/states";
import { count } from "../state/words";
import { Act } from "./act";
import { Ago, Clock, Count, Duration, Percent } from "./figures";
import { Glyph } from "./glyphs";
import { InspectButton } from "./inspect";
import { Option, Pop } from "./pop";
import { Said, visible } from "./text";
import { ask, needs, type WorkerKind } from "../state/dialogs";
import { may } from "../state/field";

const MORE: readonly (readonly [kind: WorkerKind, words: string])[] = [
  ["autoscale", "Autoscale…"],
  ["add_consumer", "Add a queue…"],
  ["cancel_consumer", "Take a queue away…"],
  ["rate_limit", "Rate limit…"],
  ["time_limit", "Time limits…"],
  ["enable_events", "Switch events on…"],
  ["disable_events", "Switch events off…"],
];

export function WorkerHead({ worker, again }: { worker: WorkerStory; again: () => void }) {
  const look = workerLook(worker.state);
  return (
    <div class="head">
      <div class="ttl">
        <Glyph id={look.glyph} tone={look.tone} />
        <h1>
          <Said text={worker.hostname} />
        </h1>
        <span class={`tag ${worker.state === "offline" ? "fail" : worker.state === "online" ? "ok" : "re"}`}>
          {look.word}
          {worker.state !== "online" && worker.last_seen_at !== null && (
            <>
              {" "}
              for <Ago at={worker.last_seen_at} />
            </>
          )}
        </span>
        <Acts worker={worker} again={again} />
      </div>
      <WorkerFacts worker={worker} />
      {worker.state !== "online" && <Evidence worker={worker} />}
    </div>
  );
}

function Acts({ worker, again }: { worker: WorkerStory; again: () => void }) {
  const question = (kind: WorkerKind) => ({ kind, cluster: worker.cluster, hosts: [worker.hostname], done: again });
  if (worker.state === "offline") {
    return (
      <div class="acts">
        <a class="btn" href={link("/tasks", { q: `state:LOST ${written("worker", worker.hostname)}` })}>
          See its lost tasks
        </a>
      </div>
    );
  }
  return (
    <div class="acts">
      <InspectButton cluster={worker.cluster} hosts={[worker.hostname]} done={again} />
      <Act question={question("pool_grow")}>Grow…</Act>
      <Act question={question("pool_shrink")}>Shrink…</Act>
      <Act question={question("pool_restart")}>Restart pool…</Act>
      <Pop face="More…" width={220}>
        {(close) =>
          MORE.map(([kind, words]) => (
            <Option key={kind} disabled={may(needs(kind)) ? undefined : `needs ${needs(kind)}`} act={() => (close(), ask(question(kind)))}>
              {words}
            </Option>
          ))
        }
      </Pop>
      <Act class="btn danger" question={question("shutdown")}>
        Shut down…
      </Act>
    </div>
  );
}

const Fact = ({ words, children }: { words: string; children: ComponentChildren }) => (
  <span class="cut">
    <span class="k">{words}</span>
    {children}
  </span>
);

function WorkerFacts({ worker }: { worker: WorkerStory }) {
  const mine = written("worker", worker.hostname);
  const total = worker.finished;
  return (
    <div class="facts">
      <Fact words="Cluster">
        <a class="n" href={link("/workers", { cluster: worker.cluster })}>
          <Said text={worker.cluster} />
        </a>
      </Fact>
      <Fact words="Last seen">
        <Ago at={worker.last_seen_at} /> ago
      </Fact>
      {worker.snapshot.stats?.value?.uptime_s != null && (
        <Fact words="Up">
          <Duration s={worker.snapshot.stats.value.uptime_s} />
        </Fact>
      )}
      <Fact words="Load">{worker.load.map((n) => count(n, 2)).join(" ") || "–"}</Fact>
      <Fact words="Processed">
        <a class="n" href={link("/tasks", { q: mine })}>
          <Count n={worker.processed} />
        </a>
      </Fact>
      <Fact words="Failed in the hour">
        <a class="n" href={link("/tasks", { q: `state:FAILURE ${mine}` })}>
          {total ? <Percent share={(worker.failed ?? 0) / total} /> : <Count n={worker.failed} />}
        </a>
      </Fact>
      <Fact words="Celery">
        <Said text={[worker.software === "py-celery" ? "" : worker.software, worker.version].filter(Boolean).join(" ") || "unknown"} />
      </Fact>
      <Fact words="Process id">{worker.pid ?? "–"}</Fact>
      <Fact words="Snapshot">{worker.snapshot_at === null ? <span class="faint">never asked</span> : <><Ago at={worker.snapshot_at} /> old</>}</Fact>
    </div>
  );
}

/** Why it is called what it is called, and what it held. */
function Evidence({ worker }: { worker: WorkerStory }) {
  const look = workerLook(worker.state);
  const running = worker.held.filter((task) => task.state === "STARTED").length;
  return (
    <div class={`banner ${worker.state === "offline" ? "f" : "w"}`}>
      <Glyph id={look.glyph} tone={look.tone} />
      <div>
        <b>{visible(worker.reason.slice(0, 500) || `${look.word}.`)}</b>{" "}
        <span class="dim">
          Last heard at <Clock at={worker.last_seen_at} />
          {worker.active !== null && `, with ${count(worker.active)} running`}
          {worker.load[0] != null && `, load ${count(worker.load[0], 1)}`}.{" "}
          {worker.held_count !== null && (worker.held_count ? `It held ${count(worker.held_count)} tasks${worker.held.length === worker.held_count ? `: ${count(running)} running, ${count(worker.held_count - running)} not begun` : ""}.` : "All tasks seen on it have ended.")}
        </span>
      </div>
    </div>
  );
}
