// One task: how it went, what it said, whose child it is, and what can be done about it.
import { CommandsAbout, Family, Rest } from "../parts/about";
import { Answered, Failed } from "../parts/boxes";
import { Copy } from "../parts/copy";
import { EventList } from "../parts/eventlist";
import { Ago, Clock, Duration } from "../parts/figures";
import { Gantt, GanttLegend } from "../parts/gantt";
import { Glyph } from "../parts/glyphs";
import { Panel } from "../parts/panel";
import { Arguments, Hidden, Result } from "../parts/payload";
import { RevokeButton } from "../parts/revoke";
import { Error } from "../parts/taskcells";
import { Code, Name, Said, visible } from "../parts/text";
import { Trace } from "../parts/trace";
import { Problem } from "../api";
import type { Story } from "../services/story";
import { written } from "../state/filter";
import { here, link, query } from "../state/location";
import { now } from "../state/live";
import { taskLook } from "../state/states";
import { useTitle } from "../state/title";
import { useStory } from "../state/usestory";
import { count } from "../state/words";

export function TaskPage({ id }: { id: string }) {
  const cluster = query.value.get("in") ?? query.value.get("cluster") ?? "";
  const asked = useStory(id, cluster, true);
  useTitle(asked.data?.item.name || id, { path: "/tasks", words: "Tasks" });
  if (asked.error instanceof Problem && asked.error.status === 404) return <Gone id={id} asked={asked} />;
  return (
    <div class="page">
      <Answered asked={asked} rows={12}>
        {({ item }) => <Told task={item} again={asked.again} />}
      </Answered>
    </div>
  );
}

function Gone({ id, asked }: { id: string; asked: Parameters<typeof Failed>[0]["asked"] }) {
  return (
    <div class="page">
      <h1 class="sr">Task not found</h1>
      <Failed asked={asked} />
      <p class="dim">
        No event about <Said class="mono" text={id} /> is stored. It may be older than what is kept, or not have been said yet.
      </p>
    </div>
  );
}

function Told({ task, again }: { task: Story; again: () => void }) {
  const failed = task.exception || task.traceback;
  return (
    <>
      <Head task={task} again={again} />
      <Panel title="Attempts" note={task.attempts.length ? count(task.attempts.length) : "not known one by one"} right={<GanttLegend />}>
        <div class="body">
          <Gantt task={task} />
        </div>
      </Panel>
      <div class="grid">
        <div class="c8 col wide">
          {failed && <Failure task={task} />}
          <Arguments task={task} />
          <Result task={task} />
          <Panel class="lined" title="Events" note={task.events_complete === false ? `${count(task.events.length)}, more are known` : `${count(task.events.length)}, all that was said about this task`}>
            <EventList events={task.events} />
          </Panel>
        </div>
        <div class="c4 col wide">
          <Family task={task} />
          <CommandsAbout commands={task.commands} />
          <Rest task={task} />
        </div>
      </div>
    </>
  );
}

function Head({ task, again }: { task: Story; again: () => void }) {
  const look = taskLook(task.state, task.eta, now.value);
  const tone = task.state === "FAILURE" ? "fail" : task.state === "SUCCESS" ? "ok" : "";
  const first = task.sent_at ?? task.received_at;
  return (
    <div class="head">
      <div class="ttl">
        <Glyph id={look.glyph} tone={look.tone} />
        <h1>
          <Name name={task.name} />
        </h1>
        <span class={`tag ${tone}`}>
          {visible(look.word.slice(0, 60))}
          {task.state === "FAILURE" && task.retries ? ` after ${count(task.retries + 1)} tries` : ""}
        </span>
        <div class="acts">
          <RevokeButton task={task} done={again} />
        </div>
      </div>
      <div class="facts">
        <span class="mono cut">
          {visible(task.id)} <Copy text={task.id} what="the id" />
        </span>
        <Fact words="Cluster">
          <Said text={task.cluster} />
        </Fact>
        <Fact words="Queue">{task.queue ? <a class="n" href={link("/tasks", { q: written("queue", task.queue) })}><Said text={task.queue} /></a> : <span class="faint">unknown</span>}</Fact>
        <Fact words="Worker">{task.worker ? <a class="n" href={link(`/workers/${encodeURIComponent(task.worker)}`, { in: task.cluster })}><Said text={task.worker} /></a> : "–"}</Fact>
        <Fact words={task.sent_at === null ? "Received" : "Sent"}>
          <Clock at={first} ms /> {first !== null && <span class="faint"><Ago at={first} /> ago</span>}
        </Fact>
        <Fact words="Waited">
          <Duration s={task.queue_wait_s} />
        </Fact>
        <Fact words="Ran">
          <Duration s={task.runtime_s} />
        </Fact>
        {task.also_in.map((slug) => (
          <a key={slug} class="link" href={here({ in: slug })}>
            also in <Said text={slug} />
          </a>
        ))}
      </div>
    </div>
  );
}

const Fact = ({ words, children }: { words: string; children: preact.ComponentChildren }) => (
  <span class="cut">
    <span class="k">{words}</span>
    {children}
  </span>
);

function Failure({ task }: { task: Story }) {
  const title = task.state === "FAILURE" ? "Failed with" : "Last error";
  return (
    <Panel title={title} right={task.traceback && <Copy text={task.traceback} what="the traceback" />}>
      <div class="body col">
        {task.traceback ? (
          <Trace text={task.traceback} />
        ) : (
          <>
            <div class="wrapd">
              <Error text={task.exception} failed={task.state === "FAILURE"} />
            </div>
            {task.payloadHidden && <div>The traceback is <Hidden /></div>}
            {!task.payloadHidden && task.exception && <Code text={task.exception} />}
          </>
        )}
      </div>
    </Panel>
  );
}
