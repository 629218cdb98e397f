// Clusters of the tenant: are they well, how far behind, and how much of what happened was seen.
import { ask } from "../api";
import { flag, num, object, pageOf, shape, text, time, type Page } from "./read";
import type { Said } from "./types";

export interface Cluster extends ReturnType<typeof cluster> {}

export async function clusters(signal?: AbortSignal): Promise<Page<Cluster>> {
  return pageOf(await ask("/clusters", {}, signal), cluster);
}

const completeness = shape<Said<"Cluster">["completeness"]>()({
  seen: num,
  known: num,
  /** 0 to 1, null while nothing is known to have happened. */
  share: num,
  since: time,
});

/** By reason, the most frequent first, without those that never happened. */
function drops(value: unknown): [reason: string, count: number][] {
  const found = Object.entries(object(value)).flatMap(([reason, count]): [string, number][] => {
    const n = num(count);
    return n ? [[reason, n]] : [];
  });
  return found.sort((a, b) => b[1] - a[1]);
}

export const cluster = shape<Said<"Cluster">>()({
  slug: text,
  name: text,
  broker: text,
  workers_online: num,
  workers_silent: num,
  events_per_s: num,
  lag_s: num,
  completeness,
  drops,
  dead_letters: num,
  gaps: num,
  connected: flag,
  problem: text,
  since: time,
});
