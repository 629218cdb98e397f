// Tasks: a page of them under a filter.
import { ask } from "../api";
import { maybe, num, pageOf, shape, text, time, type Page } from "./read";
import type { ParamsOf, Said } from "./types";

export interface Task extends ReturnType<typeof task> {}

export interface TaskPage extends Page<Task> {
  payloadHidden: boolean;
}

export async function tasks(params: ParamsOf<"/tasks">, signal?: AbortSignal): Promise<TaskPage> {
  const wire = await ask("/tasks", params, signal);
  return { ...pageOf(wire, task), payloadHidden: wire.payload === "hidden" };
}

/** When the task was born, as far as anybody said. */
export const born = (task: Task): number | null => task.sent_at ?? task.received_at ?? task.started_at ?? task.finished_at;

/** How long it ran in seconds, as the API tells it; of a row that was just heard to fail, from its start to its end, as that is what the API will tell. */
export const ran = ({ runtime_s, state, started_at, finished_at }: Task): number | null =>
  runtime_s ?? (state === "FAILURE" && started_at !== null && finished_at !== null && finished_at >= started_at ? (finished_at - started_at) / 1000 : null);

/** Arguments as they were said, of both kinds; an empty kind is left out. */
export const argued = ({ args, kwargs }: Pick<Task, "args" | "kwargs">): string[] => [args, kwargs].filter((each): each is string => Boolean(each) && each !== "()" && each !== "{}");

/** The same task under the same key, in any answer. */
export const keyOf = (task: { cluster: string; id: string }): string => `${task.cluster} ${task.id}`;

export const task = shape<Said<"Task">>()({
  id: text,
  cluster: text,
  name: text,
  /** Celery's own, Meadow's LOST, or a custom one as it is. */
  state: text,
  queue: text,
  worker: text,
  retries: num,
  sent_at: time,
  received_at: time,
  started_at: time,
  finished_at: time,
  runtime_s: num,
  queue_wait_s: num,
  eta: time,
  expires: time,
  /** Null, as kwargs and result, when hidden from the caller's role, or never said. */
  args: maybe,
  kwargs: maybe,
  result: maybe,
  exception: text,
  root_id: text,
  parent_id: text,
});
