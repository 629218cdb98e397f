// Workers: who is alive, how loaded, since when.
import { ask, type Params, type Wire } from "../api";
import { list, num, oneOf, pageOf, text, time, type One, type Page } from "./read";

export interface Worker {
  hostname: string;
  cluster: string;
  state: string;
  reason: string;
  last_seen_at: number | null;
  active: number | null;
  processed: number | null;
  /** 1, 5 and 15 minutes. */
  load: (number | null)[];
  freq_s: number | null;
  software: string;
  version: string;
  pid: number | null;
}

export async function workers(params: Params, signal?: AbortSignal): Promise<Page<Worker>> {
  return pageOf(await ask("/workers", { limit: 500, ...params }, signal), worker);
}

export async function oneWorker(hostname: string, cluster: string, signal?: AbortSignal): Promise<One<Worker>> {
  return oneOf(await ask(`/workers/${encodeURIComponent(hostname)}`, { cluster }, signal), worker);
}

export function worker(wire: Wire): Worker {
  return {
    hostname: text(wire.hostname),
    cluster: text(wire.cluster),
    state: text(wire.state),
    reason: text(wire.reason),
    last_seen_at: time(wire.last_seen_at),
    active: num(wire.active),
    processed: num(wire.processed),
    load: list(wire.load).map(num),
    freq_s: num(wire.freq_s),
    software: text(wire.software),
    version: text(wire.version),
    pid: num(wire.pid),
  };
}
