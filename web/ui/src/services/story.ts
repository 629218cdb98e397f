// The whole story of one task: attempts, every event, family, and commands about it.
import { ask } from "../api";
import { taskCommand } from "./commands";
import { taskEvent } from "./events";
import { each, flag, num, oneOf, shape, text, texts, time, type One } from "./read";
import { task } from "./tasks";
import type { Said } from "./types";

export interface Attempt extends ReturnType<typeof attempt> {}
export interface Child extends ReturnType<typeof child> {}
export interface Story extends ReturnType<typeof read> {
  payloadHidden: boolean;
}

/** Ids that a path cannot name: there they are another question, or lead out of it. */
const NOT_IN_A_PATH = ["facets", "fields", ".", ".."];

export async function story(id: string, cluster: string, signal?: AbortSignal): Promise<One<Story>> {
  const answer = await (NOT_IN_A_PATH.includes(id) ? ask("/task", { id, cluster }, signal) : ask("/tasks/{id}", { id, cluster }, signal));
  const { item, watermark } = oneOf(answer, read);
  return { item: { ...item, payloadHidden: answer.payload === "hidden" }, watermark };
}

const attempt = shape<Said<"Attempt">>()({
  number: num,
  state: text,
  worker: text,
  queue: text,
  sent_at: time,
  received_at: time,
  started_at: time,
  finished_at: time,
  runtime_s: num,
  exception: text,
  traceback: text,
});

const child = shape<Said<"Child">>()({ id: text, name: text, state: text, runtime_s: num });

const more = shape<Said<"Story">>()({
  traceback: text,
  attempts: each(attempt),
  events: each(taskEvent),
  events_complete: flag,
  children: each(child),
  commands: each(taskCommand),
  /** Other clusters that know the same id. */
  also_in: texts,
});

const read = (value: unknown) => ({ ...task(value), ...more(value) });
