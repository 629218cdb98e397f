// Workers: who is alive, how loaded, since when.
import { ask } from "../api";
import { each, num, oneOf, pageOf, shape, text, time, type One, type Page } from "./read";
import type { ParamsOf, Said } from "./types";

export interface Worker extends ReturnType<typeof worker> {}

export async function workers(params: ParamsOf<"/workers">, signal?: AbortSignal): Promise<Page<Worker>> {
  return pageOf(await ask("/workers", { limit: 500, ...params }, signal), worker);
}

export async function oneWorker(hostname: string, cluster: string, signal?: AbortSignal): Promise<One<Worker>> {
  return oneOf(await ask("/workers/{hostname}", { hostname, cluster }, signal), worker);
}

export const worker = shape<Said<"Worker">>()({
  hostname: text,
  cluster: text,
  state: text,
  reason: text,
  last_seen_at: time,
  active: num,
  processed: num,
  /** 1, 5 and 15 minutes. */
  load: each(num),
  freq_s: num,
  software: text,
  version: text,
  pid: num,
});
