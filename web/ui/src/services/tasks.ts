// Tasks: a page of them under a filter.
import { ask, type Params, type Wire } from "../api";
import { maybe, num, pageOf, text, time, type Page } from "./read";

export interface Task {
  id: string;
  cluster: string;
  name: string;
  /** Celery's own, Meadow's LOST, or a custom one as it is. */
  state: string;
  queue: string;
  worker: string;
  retries: number | null;
  sent_at: number | null;
  received_at: number | null;
  started_at: number | null;
  finished_at: number | null;
  runtime_s: number | null;
  queue_wait_s: number | null;
  eta: number | null;
  expires: number | null;
  /** Null when hidden from the caller's role, or never said. */
  args: string | null;
  kwargs: string | null;
  result: string | null;
  exception: string;
  root_id: string;
  parent_id: string;
}

export interface TaskPage extends Page<Task> {
  payloadHidden: boolean;
}

export async function tasks(params: Params, signal?: AbortSignal): Promise<TaskPage> {
  const wire = await ask("/tasks", params, signal);
  return { ...pageOf(wire, task), payloadHidden: wire.payload === "hidden" };
}

/** When the task was born, as far as anybody said. */
export const born = (task: Task): number | null => task.sent_at ?? task.received_at ?? task.started_at ?? task.finished_at;

/** The same task under the same key, in any answer. */
export const keyOf = (task: { cluster: string; id: string }): string => `${task.cluster} ${task.id}`;

export function task(wire: Wire): Task {
  return {
    id: text(wire.id),
    cluster: text(wire.cluster),
    name: text(wire.name),
    state: text(wire.state),
    queue: text(wire.queue),
    worker: text(wire.worker),
    retries: num(wire.retries),
    sent_at: time(wire.sent_at),
    received_at: time(wire.received_at),
    started_at: time(wire.started_at),
    finished_at: time(wire.finished_at),
    runtime_s: num(wire.runtime_s),
    queue_wait_s: num(wire.queue_wait_s),
    eta: time(wire.eta),
    expires: time(wire.expires),
    args: maybe(wire.args),
    kwargs: maybe(wire.kwargs),
    result: maybe(wire.result),
    exception: text(wire.exception),
    root_id: text(wire.root_id),
    parent_id: text(wire.parent_id),
  };
}
