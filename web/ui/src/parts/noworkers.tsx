// No worker has said anything: what that means, and what can be done about it.
import { inScope } from "../state/field";
import { Act } from "./act";
import { Empty } from "./boxes";
import { Said, visible } from "./text";

export function NoWorkers() {
  const clusters = inScope.value;
  const [away] = clusters.filter((each) => each.connected === false || each.problem);
  return (
    <Empty title="No worker has said anything yet">
      <p class="dim">{away ? `Meadow is not connected to ${visible(away.slug)}: ${visible(away.problem || "no reason is known")}.` : "Meadow is connected and listens. Workers that run without events say nothing by themselves."}</p>
      <ol class="steps">
        <li>
          <div class="col">
            <b class="m">Let Meadow switch events on</b>
            <div class="row wrap">
              {clusters.map((each) => (
                <Act key={each.slug} class="btn pri" question={{ kind: "enable_events", cluster: each.slug, hosts: null }}>
                  Switch on for <Said text={each.slug} />…
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
      <p class="faint sm">
        <span class="live">
          <i />
          Listening.
        </span>{" "}
        This page fills by itself.
      </p>
    </Empty>
  );
}
