// Workers: who is alive, how loaded, since when; and of one what it said when it was asked, and what it held.
import { ask } from "../api";
import { each, list, maybe, num, object, oneOf, pageOf, text, texts, time, type One, type Page } from "./read";
import { type Snapshot, snapshot } from "./snapshot";
import { type Task, task } from "./tasks";
import type { ParamsOf } from "./types";

export interface Worker extends ReturnType<typeof worker> {}

export interface WorkerStory extends Worker {
  snapshot: Snapshot;
  /** Tasks it had received or begun, and not ended; as many as were told. */
  held: Task[];
  held_count: number | null;
}

export async function workers(params: ParamsOf<"/workers">, signal?: AbortSignal): Promise<Page<Worker>> {
  return pageOf(await ask("/workers", { limit: 500, ...params }, signal), worker);
}

export async function oneWorker(hostname: string, cluster: string, signal?: AbortSignal): Promise<One<WorkerStory>> {
  return oneOf(await ask("/workers/{hostname}", { hostname, cluster }, signal), story);
}

function story(value: unknown): WorkerStory {
  const wire = object(value);
  return { ...worker(wire), snapshot: snapshot(wire.snapshot), held: list(wire.held).map(task), held_count: num(wire.held_count) };
}

export function worker(value: unknown) {
  const wire = object(value);
  return {
    hostname: text(wire.hostname),
    cluster: text(wire.cluster),
    state: text(wire.state),
    reason: text(wire.reason),
    last_seen_at: time(wire.last_seen_at),
    active: num(wire.active),
    processed: num(wire.processed),
    /** 1, 5 and 15 minutes. */
    load: each(num)(wire.load),
    freq_s: num(wire.freq_s),
    software: text(wire.software),
    version: text(wire.version),
    pid: num(wire.pid),
    /** Null: never asked. */
    pool: wire.pool ? { implementation: maybe(object(wire.pool).implementation), size: num(object(wire.pool).max_concurrency) } : null,
    queues: Array.isArray(wire.queues) ? texts(wire.queues) : null,
    /** Of the last hour. */
    finished: num(wire.finished),
    failed: num(wire.failed),
    snapshot_at: time(wire.snapshot_at),
  };
}
