// The columns of the task table: what each shows and how wide it is.
import type { ComponentChildren } from "preact";
import { argued, born, ran as ranFor, type Task } from "../services/tasks";
import { now } from "../state/live";
import type { ColumnName } from "../state/columns";
import { FINAL } from "../state/states";
import type { Usual } from "../state/usual";
import { durationText } from "../state/words";
import { Clock, Count, Duration } from "./figures";
import { TaskState } from "./glyphs";
import { Host, Name, Said, visible } from "./text";

export interface Column {
  words: string;
  width: string;
  right?: boolean;
  cell: (task: Task, around: Around) => ComponentChildren;
}

/** What a cell knows beyond its task. */
export interface Around {
  /** Arguments are hidden from the caller's role. */
  hidden: boolean;
  /** The p95 of run times by name, where the API said one. */
  usual: ReadonlyMap<string, Usual>;
}

const WAITED_LONG_S = 60;
const SAID_MAX = 300;
const HOT_TIMES = 3;
const HOT_S = 0.5; // shorter than this, many times the usual is still nothing to look at

const faint = <span class="faint">–</span>;

export const COLUMNS: Readonly<Record<ColumnName, Column>> = {
  state: { words: "State", width: "96px", cell: (task) => <TaskState state={task.state} eta={task.eta} now={now.value} /> },
  name: { words: "Task", width: "minmax(144px,1fr)", cell: (task) => <Name name={task.name} /> },
  id: { words: "Id", width: "72px", cell: (task) => <span class="mono faint" title={task.id}>{visible(task.id.slice(0, 8))}</span> },
  said: { words: "Arguments or error", width: "minmax(140px,1.35fr)", cell: said },
  cluster: { words: "Cluster", width: "88px", cell: (task) => <Said class="dim" text={task.cluster} /> },
  queue: { words: "Queue", width: "112px", cell: (task) => (task.queue ? <Said class="dim" text={task.queue} /> : faint) },
  worker: { words: "Worker", width: "124px", cell: (task) => (task.worker ? <Host class="dim" name={task.worker} /> : faint) },
  sent: { words: "Sent", width: "96px", cell: (task) => <span class="dim"><Clock at={born(task)} ms /></span> },
  wait: { words: "Waited", width: "76px", right: true, cell: waited },
  run: { words: "Ran", width: "128px", right: true, cell: ran },
  tries: { words: "Tries", width: "40px", right: true, cell: tries },
  eta: { words: "Due", width: "96px", cell: (task) => (task.eta === null ? faint : <span class="dim"><Clock at={task.eta} /></span>) },
  result: { words: "Result", width: "140px", cell: result },
};

export function said(task: Task, { hidden }: Around): ComponentChildren {
  if (task.exception) return <Error text={task.exception} failed={task.state === "FAILURE"} />;
  if (hidden) return <span class="faint">hidden for your role</span>;
  const text = argued(task).join(" ");
  return text ? (
    <bdi class="mono dim">{visible(text.slice(0, SAID_MAX))}</bdi>
  ) : (
    <span class="faint">{task.args === null ? "not said" : "none"}</span>
  );
}

/** The class stands out from its message. */
export function Error({ text, failed }: { text: string; failed: boolean }) {
  const [, name = "", rest = text] = /^([\w.]{1,100})(?=[(:]|$)(.*)$/s.exec(text) ?? [];
  return (
    <bdi title={text.slice(0, 1000)}>
      {name && <span class={failed ? "bad m" : "warn m"}>{name}</span>}
      <span class="faint">{visible(rest.slice(0, SAID_MAX))}</span>
    </bdi>
  );
}

function waited(task: Task): ComponentChildren {
  const due = task.eta !== null && task.eta > now.value && task.started_at === null && !FINAL.has(task.state) ? (task.eta - now.value) / 1000 : null;
  if (due !== null) {
    return (
      <span class="faint">
        in <Duration s={due} />
      </span>
    );
  }
  return (
    <span class={(task.queue_wait_s ?? 0) > WAITED_LONG_S ? "warn m" : ""}>
      <Duration s={task.queue_wait_s} />
    </span>
  );
}

function tries(task: Task): ComponentChildren {
  if (task.retries === null) return faint;
  return task.retries > 0 ? <span class="warn"><Count n={task.retries + 1} /></span> : <span class="faint">1</span>;
}

function result(task: Task, { hidden }: Around): ComponentChildren {
  if (task.state !== "SUCCESS") return null;
  if (hidden) return <span class="faint">hidden for your role</span>;
  return task.result === null ? faint : <bdi class="mono dim">{visible(task.result.slice(0, SAID_MAX))}</bdi>;
}

/** The run time, with a bar against what is usual for the name where that is known: half of it is the p95. */
function ran(task: Task, { usual }: Around): ComponentChildren {
  const known = usual.get(task.name);
  const took_s = ranFor(task);
  if (took_s === null || !known?.p95_s) return <Duration s={took_s} />;
  const times = took_s / known.p95_s;
  return (
    <span class="bar-v" title={`p95 of ${task.name.slice(0, 100)} ${known.over}: ${durationText(known.p95_s)}`}>
      <i class={times > HOT_TIMES && took_s > HOT_S ? "hot" : ""} style={{ "--p": Math.min(100, times * 50).toFixed(1) }} />
      <span>
        <Duration s={took_s} />
      </span>
    </span>
  );
}
