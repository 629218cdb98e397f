// The columns of the task table: what each shows, how wide it is, and which fit.
import type { ComponentChildren } from "preact";
import { born, type Task } from "../services/tasks";
import { now } from "../state/live";
import { FINAL } from "../state/states";
import { Clock, Count, Duration } from "./figures";
import { TaskState } from "./glyphs";
import { Name, Said, visible } from "./text";

export interface Column {
  words: string;
  width: string;
  right?: boolean;
  cell: (task: Task, hidden: boolean) => ComponentChildren;
}

const WAITED_LONG_S = 60;
const SAID_MAX = 300;

const faint = <span class="faint">–</span>;

export const COLUMNS = {
  state: { words: "State", width: "96px", cell: (task) => <TaskState state={task.state} eta={task.eta} now={now.value} /> },
  name: { words: "Task", width: "minmax(168px,1fr)", cell: (task) => <Name name={task.name} /> },
  said: { words: "Arguments or error", width: "minmax(140px,1.35fr)", cell: said },
  cluster: { words: "Cluster", width: "88px", cell: (task) => <Said class="dim" text={task.cluster} /> },
  queue: { words: "Queue", width: "112px", cell: (task) => (task.queue ? <Said class="dim" text={task.queue} /> : faint) },
  worker: { words: "Worker", width: "124px", cell: (task) => (task.worker ? <Said class="dim" text={task.worker} /> : faint) },
  sent: { words: "Sent", width: "96px", cell: (task) => <span class="dim"><Clock at={born(task)} ms /></span> },
  wait: { words: "Waited", width: "76px", right: true, cell: waited },
  run: { words: "Ran", width: "80px", right: true, cell: (task) => <Duration s={task.runtime_s} /> },
  tries: { words: "Tries", width: "40px", right: true, cell: tries },
} satisfies Record<string, Column>;

export type ColumnName = keyof typeof COLUMNS;

/** What fits: fewer beside a peek, and in a narrower window. */
export function fitting(width: number, peeking: boolean, oneCluster: boolean): ColumnName[] {
  const names: ColumnName[] = peeking
    ? width < 1200
      ? ["state", "name", "sent", "run"]
      : ["state", "name", "said", "sent", "run"]
    : width < 1080
      ? ["state", "name", "said", "sent", "run"]
      : width < 1320
        ? ["state", "name", "said", "queue", "worker", "sent", "wait", "run"]
        : ["state", "name", "said", "cluster", "queue", "worker", "sent", "wait", "run", "tries"];
  return names.filter((name) => name !== "cluster" || !oneCluster);
}

export function said(task: Task, hidden: boolean): ComponentChildren {
  if (task.exception) return <Error text={task.exception} failed={task.state === "FAILURE"} />;
  if (hidden) return <span class="faint">hidden for your role</span>;
  const text = [task.args, task.kwargs].filter((each) => each && each !== "()" && each !== "{}").join(" ");
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
