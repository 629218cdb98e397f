// How busy one worker was over time, from its heartbeats.
import { ask } from "../api";
import { flag, num, shape, time, timed } from "./read";
import type { ParamsOf, Said } from "./types";

export interface Beat extends ReturnType<typeof beat> {
  /** Begin of the bucket, epoch ms. */
  at: number;
}

export interface History extends ReturnType<typeof read> {}

export async function history(hostname: string, params: ParamsOf<"/workers/{hostname}/history">, signal?: AbortSignal): Promise<History> {
  return read((await ask("/workers/{hostname}/history", { hostname, ...params, step: "auto" }, signal)).item);
}

const beat = shape<Said<"WorkerHistory">["points"][number]>()({
  at: time,
  /** Processes that ran a task; null where no heartbeat was heard. */
  active: num,
  heard: flag,
});

const read = shape<Said<"WorkerHistory">>()({ from: time, to: time, step_s: (value) => num(value) || 60, points: timed(beat) });
