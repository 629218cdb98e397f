// What stands beside a task: its family, commands about it, and everything else that is known.
import type { TaskCommand } from "../services/commands";
import type { Story } from "../services/story";
import { ran } from "../services/tasks";
import { clocks } from "../state/clocks";
import { link } from "../state/location";
import { outcome } from "../state/outcome";
import { zone } from "../state/prefs";
import { taskLook } from "../state/states";
import { count, durationText, full } from "../state/words";
import { Ago, Clock, Duration } from "./figures";
import { Glyph } from "./glyphs";
import { Facts, Panel } from "./panel";
import { Name, Said, visible } from "./text";

const to = (id: string, cluster: string): string => link(`/tasks/${encodeURIComponent(id)}`, { in: cluster });
const short = (id: string): string => visible(id.slice(0, 8));

export function Family({ task }: { task: Story }) {
  const parent = task.parent_id && task.parent_id !== task.id ? task.parent_id : "";
  const root = task.root_id && task.root_id !== task.id && task.root_id !== parent ? task.root_id : "";
  const above = [...(root ? [["root", root] as const] : []), ...(parent ? [["parent", parent] as const] : [])];
  const level = above.length;
  return (
    <Panel title="Family" note={level || task.children.length ? "" : "it stands alone"}>
      <div class={level || task.children.length ? "body tree" : ""}>
        {above.map(([what, id], k) => (
          <a key={id} class="nd" style={{ "--lv": String(k) }} href={to(id, task.cluster)}>
            <span class="mono cut grow">{visible(id)}</span>
            <span class="faint sm">{what}</span>
          </a>
        ))}
        {(level > 0 || task.children.length > 0) && (
          <span class="nd me" style={{ "--lv": String(level) }}>
            <Glyph id={taskLook(task.state).glyph} tone={taskLook(task.state).tone} label={taskLook(task.state).word} />
            <span class="cut grow">
              <Name name={task.name} />
            </span>
            <span class="faint sm nw">
              <Duration s={ran(task)} />
            </span>
          </span>
        )}
        {task.children.map((child) => (
          <a key={child.id} class="nd" style={{ "--lv": String(level + 1) }} href={to(child.id, task.cluster)}>
            <Glyph id={taskLook(child.state).glyph} tone={taskLook(child.state).tone} label={taskLook(child.state).word} />
            <span class="cut grow">{child.name ? <Name name={child.name} /> : <span class="mono">{short(child.id)}</span>}</span>
            <span class="faint sm nw">
              <Duration s={child.runtime_s} />
            </span>
          </a>
        ))}
      </div>
    </Panel>
  );
}

export function CommandsAbout({ commands }: { commands: readonly TaskCommand[] }) {
  return (
    <Panel class={commands.length ? "lined" : ""} title="Commands about it" note={commands.length ? "" : "none"}>
      {commands.map((each) => (
        <details key={each.id} class="raw">
          <summary class="cmd">
            <span class="dim">
              <Clock at={each.asked_at} />
            </span>
            <span class="cut">
              <b class="m">{visible(each.command.slice(0, 60))}</b>
              <div class="faint sm cut">{outcome(each)}</div>
            </span>
            <span class="dim cut">
              <Said text={each.asked_by} />
            </span>
          </summary>
          <div class="rawbody">
            <Facts facts={[["Id", <a class="link mono" href={link("/commands", { open: each.id })}>{visible(each.id)}</a>], ["Reason", each.reason ? <Said text={each.reason} /> : <span class="faint">none given</span>], ["Answered", names(each.answered.map((answer) => answer.hostname))], ["Silent", names(each.silent)]]} />
          </div>
        </details>
      ))}
    </Panel>
  );
}

const names = (hosts: readonly string[]) => (hosts.length ? <Said text={hosts.join(", ")} /> : <span class="faint">nobody</span>);

export function Rest({ task }: { task: Story }) {
  const id = (value: string) => (value && value !== task.id ? <a class="link mono" href={to(value, task.cluster)}>{short(value)}</a> : <span class="faint">none</span>);
  return (
    <Panel title="Everything else">
      <div class="body">
        <Facts
          facts={[
            ["Root", id(task.root_id)],
            ["Parent", id(task.parent_id)],
            ["Received", full(task.received_at, zone.value)],
            ["Started", full(task.started_at, zone.value)],
            ["Finished", <>{full(task.finished_at, zone.value)} {task.finished_at !== null && <span class="faint"><Ago at={task.finished_at} /> ago</span>}</>],
            ["Due", task.eta === null ? "at once" : full(task.eta, zone.value)],
            ["Expires", task.expires === null ? "never, or not said" : full(task.expires, zone.value)],
            ["Retries", count(task.retries)],
            ...clocks(task.events).map(({ hostname, least_s }) => [`Clock of ${visible(hostname.slice(0, 60))}`, least_s < 0 ? <span class="warn">ahead of Meadow’s by {durationText(-least_s)} or more</span> : `taken ${durationText(least_s)} after it was said, at best`] as const),
          ]}
        />
      </div>
    </Panel>
  );
}
