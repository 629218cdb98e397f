// How busy one worker was over time, from its heartbeats.
import { ask } from "../api";
import { list, num, object, time } from "./read";

export interface Beat {
  /** Begin of the bucket, epoch ms. */
  at: number;
  /** Processes that ran a task; null where no heartbeat was heard. */
  active: number | null;
  heard: number | null;
}

export interface History {
  from: number | null;
  to: number | null;
  step_s: number;
  points: Beat[];
}

export async function history(hostname: string, params: { cluster: string; from: string; to: string }, signal?: AbortSignal): Promise<History> {
  const wire = await ask("/workers/{hostname}/history", { hostname, ...params, step: "auto" }, signal);
  const item = object(wire.item ?? wire);
  return {
    from: time(item.from),
    to: time(item.to),
    step_s: num(item.step_s) || 60,
    points: list(item.points ?? item.items).flatMap((each): Beat[] => {
      const point = object(each);
      const at = time(point.at);
      return at === null ? [] : [{ at, active: num(point.active), heard: num(point.heard) }];
    }),
  };
}
