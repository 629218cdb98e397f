// What an event changes in a row that is already on the screen. The store's fold is the truth; this bridges the moment until it is read.
import type { TaskEvent } from "../services/events";
import { num, text } from "../services/read";
import type { Task } from "../services/tasks";
import { FINAL } from "./states";

const STATE_OF: Readonly<Record<string, string>> = {
  "task-sent": "PENDING",
  "task-received": "RECEIVED",
  "task-started": "STARTED",
  "task-retried": "RETRY",
  "task-succeeded": "SUCCESS",
  "task-failed": "FAILURE",
  "task-revoked": "REVOKED",
  "task-rejected": "REJECTED",
  "meadow-lost": "LOST",
};

const RANK: Readonly<Record<string, number>> = { PENDING: 0, RECEIVED: 1, STARTED: 2 };

/** The row after the event, or the same row when nothing changes. */
export function folded(row: Task, event: TaskEvent): Task {
  const state = STATE_OF[event.type];
  if (!state || event.at === null || FINAL.has(row.state)) return row;
  if (goesBack(row, state, event)) return row;
  const next = { ...row, state };
  if (state === "STARTED") return { ...next, started_at: event.at, worker: event.hostname || row.worker };
  if (state === "RECEIVED") return { ...next, received_at: event.at, worker: event.hostname || row.worker };
  if (state === "RETRY") return { ...next, exception: text(event.fields.exception) || row.exception };
  if (!FINAL.has(state)) return next;
  return {
    ...next,
    finished_at: event.at,
    runtime_s: num(event.fields.runtime_s) ?? num(event.fields.runtime) ?? row.runtime_s,
    exception: state === "FAILURE" ? text(event.fields.exception) || row.exception : row.exception,
  };
}

/** An earlier stage of the same attempt; after a retry the next attempt may begin again. */
function goesBack(row: Task, state: string, event: TaskEvent): boolean {
  const from = RANK[row.state];
  const to = RANK[state];
  if (to === undefined) return false;
  if (from !== undefined) return to <= from;
  const last = row.started_at ?? row.received_at;
  return last !== null && event.at !== null && event.at <= last;
}
