// Workers: who is alive, how loaded, since when.
import { ask } from "../api";
import { maybe, num, numbers, pageOf, shape, text, texts, time, type Page } from "./read";
import type { ParamsOf, Said } from "./types";

export interface Worker extends ReturnType<typeof worker> {}

export async function workers(params: ParamsOf<"/workers">, signal?: AbortSignal): Promise<Page<Worker>> {
  return pageOf(await ask("/workers", { limit: 500, ...params }, signal), worker);
}

const pool = shape<NonNullable<Said<"Worker">["pool"]>>()({ implementation: maybe, max_concurrency: num });

export const MEMBERS = {
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
