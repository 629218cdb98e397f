// An empty list of tasks: no event has come yet, or none matches; each says what to do.
import type { Cluster } from "../services/clusters";
import { inScope, least, scope } from "../state/field";
import { here } from "../state/location";
import { from, inWords, open } from "../state/range";
import { count, percent, THIN } from "../state/words";
import { Act } from "./act";
import { Empty } from "./boxes";
import { visible } from "./text";

const place = (): string => (scope.value ? visible(scope.value) : "all clusters");

export function NoMatch({ text }: { text: string }) {
  const seen = least.value?.completeness;
  const unseen = seen?.known !== null && seen?.known !== undefined && seen.seen !== null ? seen.known - seen.seen : null;
  return (
    <Empty title={text ? "No task matches" : "No task in this range"}>
      <p class="dim">
        Nothing in {inWords()} of {place()}
        {text && (
          <>
            {" "}
            has <code>{visible(text)}</code>
          </>
        )}
        .
      </p>
      <div class="row wrap">
        <Wider />
        {text && (
          <a class="btn" href={here({ q: null })}>
            Clear the filter
          </a>
        )}
      </div>
      {unseen !== null && unseen > 0 && (
        <p class="faint sm">
          {visible(least.value?.slug ?? "")} was seen to {percent(seen?.share)}{THIN}%: up to {count(unseen)} tasks could be missing.
        </p>
      )}
    </Empty>
  );
}

/** Nothing found so far is not nothing. */
export const NotRead = ({ again }: { again: () => void }) => (
  <Empty title="Nothing was found by the deadline">
    <p class="dim">Not all of {inWords()} was read. There can be tasks that match.</p>
    <div class="row wrap">
      <button type="button" class="btn" onClick={again}>
        Read again
      </button>
      <a class="btn" href={here({ from: "now-15m", to: null })}>
        Look at the last 15 min
      </a>
    </div>
  </Empty>
);

/** Who is away, who is there, and how events are switched on; where events do come, only that none is of this time. */
export function NoEvents() {
  const clusters = inScope.value;
  if (clusters.some((each) => (each.completeness.seen ?? 0) > 0)) return <NoMatch text="" />;
  const away = clusters.filter((each) => each.connected === false || each.problem);
  return (
    <Empty title={`No events in ${inWords()} of ${place()}`}>
      <p class="dim">
        {away.length
          ? `Meadow is not connected to ${away.map((each) => visible(each.slug)).join(", ")}: ${visible(away[0]?.problem || "no reason is known")}.`
          : `Meadow is connected and listens. ${online(clusters)}`}
      </p>
      <ol class="steps">
        <li>
          <div>
            <b class="m">Let Meadow switch events on</b>
            <div class="row wrap">
              {clusters.slice(0, BUTTONS_MAX).map((each) => (
                <Act key={each.slug} question={{ kind: "enable_events", cluster: each.slug, hosts: null }}>
                  Switch events on for {visible(each.slug)}…
                </Act>
              ))}
            </div>
          </div>
        </li>
        <li>
          <div>
            <b class="m">
              Or start your workers with <code>-E</code>
            </b>
            <pre class="code">celery -A yourapp worker -E</pre>
          </div>
        </li>
        <li>
          <div>
            <b class="m">Worth having</b>
            <div class="dim">
              <code>task_send_sent_event = True</code> in your clients gives queue names and waiting time.
            </div>
          </div>
        </li>
      </ol>
      <Wider />
      {open.value && (
        <p class="faint sm">
          <span class="live">
            <i />
            Listening.
          </span>{" "}
          This page fills by itself.
        </p>
      )}
    </Empty>
  );
}

/** The next longer range to look at. */
function Wider() {
  const [next, words] = from.value === WIDER[0][0] ? WIDER[1] : WIDER[0];
  return (
    <a class="btn" href={here({ from: next, to: null })}>
      Look at the {words}
    </a>
  );
}

const WIDER = [["now-24h", "last 24 hours"], ["now-30d", "last 30 days"]] as const;
const BUTTONS_MAX = 6;

function online(clusters: readonly Cluster[]): string {
  const n = clusters.reduce((sum, each) => sum + (each.workers_online ?? 0), 0);
  return n ? `${count(n)} ${n === 1 ? "worker is" : "workers are"} online and said nothing about tasks.` : "No worker has said anything.";
}
