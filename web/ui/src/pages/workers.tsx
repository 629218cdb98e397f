// The workers of all clusters, trouble first.
import { Answered, Cut, Empty } from "../parts/boxes";
import { Glyph } from "../parts/glyphs";
import { Later } from "../parts/later";
import { visible } from "../parts/text";
import { WorkerTable } from "../parts/workertable";
import { type Worker, workers } from "../services/workers";
import { useAsked } from "../state/asked";
import { crews, holds, idOf, versions } from "../state/crew";
import { scope } from "../state/field";
import { go, here, put, query } from "../state/location";
import { workerPath } from "../state/pages";
import { useTitle } from "../state/title";
import { WORKER_STATES, workerLook } from "../state/states";
import { useRows } from "../state/userows";
import { count } from "../state/words";

const EVERY_S = 5;

export function Workers(_: { id: string }) {
  useTitle("Workers");
  const state = query.value.get("state");
  const typed = query.value.get("q") ?? "";
  const asked = useAsked(scope.value ?? "", (signal) => workers({ cluster: scope.value }, signal), EVERY_S);
  const every = asked.data?.items ?? [];
  const shown = crews(every.filter((each) => (!state || each.state === state) && holds(each, typed)));
  const rows = shown.flatMap((crew) => crew.workers);
  const open = (id: string): void => {
    const worker = rows.find((each) => idOf(each) === id);
    if (worker) go(workerPath(worker));
  };
  const cursor = useRows(rows.map(idOf), open, "find");
  return (
    <div class="page">
      <h1 class="sr">Workers</h1>
      <div class="row wrap">
        {asked.data && <States every={every} state={state} />}
        <input id="find" class="input find" type="search" placeholder="Host, queue or version" aria-label="Filter workers" maxLength={255} value={typed} onInput={(event) => put({ q: event.currentTarget.value || null })} />
        {asked.data?.next && <Cut n={every.length} />}
        <span class="grow" />
        <Versions every={every} />
      </div>
      <section class="panel" aria-label="Workers">
        <Answered asked={asked} rows={10}>
          {() => (rows.length ? <WorkerTable crews={shown} cursor={cursor.value} again={asked.again} /> : every.length ? <NoMatch /> : <Later load={noEvents} />)}
        </Answered>
      </section>
      <p class="faint sm">A worker is silent after missed heartbeats; it is offline when it said goodbye, or stayed silent for long. Pool, queues and snapshot are what it answered when it was last inspected.</p>
    </div>
  );
}

function States({ every, state }: { every: readonly Worker[]; state: string | null }) {
  return (
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
  );
}

function Versions({ every }: { every: readonly Worker[] }) {
  const [most, ...others] = versions(every);
  if (!most) return null;
  return (
    <span class="dim sm hide-s">
      Celery {visible(most[0])} on {count(most[1])}
      {others.map(([version, n]) => (
        <span key={version} class="warn">
          , {visible(version)} on {count(n)}
        </span>
      ))}
    </span>
  );
}

const NoMatch = () => (
  <Empty title="No worker matches">
    <p class="dim">Another state or fewer letters show more.</p>
    <p>
      <a class="btn" href={here({ state: null, q: null })}>
        Show all
      </a>
    </p>
  </Empty>
);

const noEvents = async () => (await import("../parts/notasks")).NoEvents;
