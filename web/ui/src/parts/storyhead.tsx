// The head of a task's page: what it is, how it ended, where, and what can be done about it.
import type { ComponentChildren } from "preact";
import type { Story } from "../services/story";
import { ran } from "../services/tasks";
import { written } from "../state/filter";
import { here, link } from "../state/location";
import { now } from "../state/live";
import { taskLook } from "../state/states";
import { count } from "../state/words";
import { Copy } from "./copy";
import { Ago, Clock, Duration } from "./figures";
import { Glyph } from "./glyphs";
import { RevokeButton } from "./revoke";
import { Name, Said, visible } from "./text";

export function StoryHead({ task, again }: { task: Story; again: () => void }) {
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
          <Duration s={ran(task)} />
        </Fact>
        {first !== null && task.finished_at !== null && (
          <Fact words="Total">
            <Duration s={Math.max(0, task.finished_at - first) / 1000} />
          </Fact>
        )}
        {task.also_in.map((slug) => (
          <a key={slug} class="link" href={here({ in: slug })}>
            also in <Said text={slug} />
          </a>
        ))}
      </div>
    </div>
  );
}

const Fact = ({ words, children }: { words: string; children: ComponentChildren }) => (
  <span class="cut">
    <span class="k">{words}</span>
    {children}
  </span>
);
