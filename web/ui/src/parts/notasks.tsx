// An empty list of tasks: no event has come yet, or none matches; each says what to do.
import { inScope, least, scope } from "../state/field";
import { here } from "../state/location";
import { label } from "../state/range";
import { count } from "../state/words";
import { Empty } from "./boxes";
import { visible } from "./text";

const place = (): string => (scope.value ? visible(scope.value) : "all clusters");

export function NoMatch({ text }: { text: string }) {
  const seen = least.value?.completeness;
  const unseen = seen?.known !== null && seen?.known !== undefined && seen.seen !== null ? seen.known - seen.seen : null;
  return (
    <Empty title="No task matches">
      <p class="dim">
        Nothing in {label().toLowerCase()} of {place()}
        {text && (
          <>
            {" "}
            has <code>{visible(text)}</code>
          </>
        )}
        .
      </p>
      <div class="row wrap">
        <a class="btn" href={here({ from: "now-24h", to: null })}>
          Look at the last 24 hours
        </a>
        {text && (
          <a class="btn" href={here({ q: null })}>
            Clear the filter
          </a>
        )}
      </div>
      {unseen !== null && unseen > 0 && (
        <p class="faint sm">
          {visible(least.value?.slug ?? "")} was not seen whole: up to {count(unseen)} tasks could be missing.
        </p>
      )}
    </Empty>
  );
}

export function NoEvents() {
  const clusters = inScope.value;
  const away = clusters.filter((each) => each.connected === false || each.problem);
  const online = clusters.reduce((sum, each) => sum + (each.workers_online ?? 0), 0);
  return (
    <Empty title={`No events in ${label().toLowerCase()} of ${place()}`}>
      <p class="dim">
        {away.length
          ? `Meadow is not connected to ${away.map((each) => visible(each.slug)).join(", ")}: ${visible(away[0]?.problem || "no reason is known")}.`
          : `Meadow is connected and listens. ${online ? `${count(online)} workers are online.` : "No worker has said anything."}`}
      </p>
      <ol class="steps">
        <li>
          <div>
            <b class="m">
              Start your workers with <code>-E</code>
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
        <li>
          <div>
            <a class="btn" href={here({ from: "now-24h", to: null })}>
              Look at the last 24 hours
            </a>
          </div>
        </li>
      </ol>
      <p class="faint sm">
        <span class="live">
          <i />
          Listening.
        </span>{" "}
        With Tail on, this page fills by itself.
      </p>
    </Empty>
  );
}
