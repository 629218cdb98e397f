// Workers: who is alive, how loaded, since when; and of one what it said when it was asked, and what it held.
import { ask } from "../api";
import { each, maybe, num, numbers, oneOf, pageOf, shape, text, texts, time, type One, type Page } from "./read";
import { snapshot } from "./snapshot";
import { task } from "./tasks";
import type { ParamsOf, Said } from "./types";

export interface Worker extends ReturnType<typeof worker> {}

export interface WorkerStory extends ReturnType<typeof story> {}

export async function workers(params: ParamsOf<"/workers">, signal?: AbortSignal): Promise<Page<Worker>> {
  return pageOf(await ask("/workers", { limit: 500, ...params }, signal), worker);
}

export async function oneWorker(hostname: string, cluster: string, signal?: AbortSignal): Promise<One<WorkerStory>> {
  return oneOf(await ask("/workers/{hostname}", { hostname, cluster }, signal), story);
}

const pool = shape<NonNullable<Said<"Worker">["pool"]>>()({ implementation: maybe, max_concurrency: num });

const MEMBERS = {
  hostname: text,
  cluster: text,
  state: text,
  reason: text,
  last_seen_at: time,
  active: num,
  processed: num,
  /** 1, 5 and 15 minutes. */
  load: numbers,
  freq_s: num,
  software: text,
  version: text,
  pid: num,
  /** Null, as the queues: never asked. */
  pool: (value: unknown) => (value ? pool(value) : null),
  queues: (value: unknown) => (Array.isArray(value) ? texts(value) : null),
  /** Of the last hour. */
  finished: num,
  failed: num,
  snapshot_at: time,
};

export const worker = shape<Said<"Worker">>()(MEMBERS);

const story = shape<Said<"OneWorker">>()({
  ...MEMBERS,
  snapshot,
  /** Tasks it had received or begun, and not ended; as many as were told. */
  held: each(task),
  held_count: num,
});
