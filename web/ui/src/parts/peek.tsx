// A look at one task beside the list.
import { useEffect } from "preact/hooks";
import { useStory } from "../state/usestory";
import { zone } from "../state/prefs";
import { written } from "../state/filter";
import { FINAL } from "../state/states";
import { full } from "../state/words";
import { link } from "../state/location";
import type { One } from "../services/read";
import type { Story } from "../services/story";
import { argued, ran } from "../services/tasks";
import { Answered } from "./boxes";
import { Copy } from "./copy";
import { Duration } from "./figures";
import { Gantt } from "./gantt";
import { Icon, TaskState } from "./glyphs";
import { Facts } from "./panel";
import { Hidden } from "./payload";
import { RevokeButton } from "./revoke";
import { Error } from "./taskcells";
import { Code, Name, Said, visible } from "./text";

interface PeekProps {
  id: string;
  cluster: string;
  /** Hears each answer, so that what lies beside it can say the same. */
  read: (one: One<Story>) => void;
  close: () => void;
}

export function Peek({ id, cluster, read, close }: PeekProps) {
  const asked = useStory(id, cluster, true);
  useEffect(() => void (asked.data && read(asked.data)), [asked.data]);
  return (
    <aside class="peek" aria-label={`Task ${visible(id.slice(0, 8))}`}>
      {!asked.data && (
        <header>
          <div class="row">
            <span class="grow" />
            <Close close={close} />
          </div>
        </header>
      )}
      <Answered asked={asked} rows={8}>
        {({ item }) => (
          <>
            <Head task={item} close={close} />
            <Body task={item} done={asked.again} />
          </>
        )}
      </Answered>
    </aside>
  );
}

function Head({ task, close }: { task: Story; close: () => void }) {
  return (
    <header>
      <div class="row">
        <TaskState state={task.state} />
        <span class="grow" />
        <a class="btn ghost icon" href={link(`/tasks/${encodeURIComponent(task.id)}`, { in: task.cluster })} title="Open (Enter)" aria-label="Open">
          <Icon id="out" />
        </a>
        <Close close={close} />
      </div>
      <div class="ttl b">
        <Name name={task.name} />
      </div>
      <div class="row mono faint">
        <span class="cut">{visible(task.id)}</span>
        <Copy text={task.id} what="the id" />
      </div>
    </header>
  );
}

const Close = ({ close }: { close: () => void }) => (
  <button type="button" class="btn ghost icon" aria-label="Close" title="Close (Esc)" onClick={close}>
    <Icon id="x" />
  </button>
);

function Body({ task, done }: { task: Story; done: () => void }) {
  return (
    <>
      <div class="sec">
        <Gantt task={task} />
      </div>
      {task.exception && (
        <div class="sec">
          <h3>{task.state === "FAILURE" ? "Failed with" : "Said"}</h3>
          <div class="wrapd">
            <Error text={task.exception} failed={task.state === "FAILURE"} />
          </div>
        </div>
      )}
      <div class="sec">
        <h3>Arguments</h3>
        {task.payloadHidden ? <Hidden /> : task.args === null && task.kwargs === null ? <span class="faint">not said</span> : <Code text={argued(task).join("\n") || "()"} />}
      </div>
      <div class="sec">
        <Facts
          facts={[
            ["Cluster", <Said text={task.cluster} />],
            ["Queue", task.queue ? <Said text={task.queue} /> : "unknown"],
            ["Worker", task.worker ? <Said text={task.worker} /> : "–"],
            ["Sent", full(task.sent_at, zone.value)],
            ["Waited", <Duration s={task.queue_wait_s} />],
            ["Ran", <Duration s={ran(task)} />],
            ["Tries", task.retries === null ? "unknown" : String(task.retries + 1)],
          ]}
        />
      </div>
      <div class="sec">
        <div class="row wrap">
          {!FINAL.has(task.state) && <RevokeButton task={task} done={done} />}
          <a class="btn ghost" href={link("/tasks", { q: written("name", task.name, true) })}>
            Same name
          </a>
        </div>
      </div>
    </>
  );
}
