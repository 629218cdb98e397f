// Clusters of the tenant: are they well, how far behind, and how much of what happened was seen.
import { ask, type Wire } from "../api";
import { flag, num, object, pageOf, text, time, type Page } from "./read";

export interface Cluster {
  slug: string;
  name: string;
  broker: string;
  workers_online: number | null;
  workers_silent: number | null;
  events_per_s: number | null;
  lag_s: number | null;
  /** share: 0 to 1, null while nothing is known to have happened. */
  completeness: { seen: number | null; known: number | null; share: number | null; since: number | null };
  drops: [reason: string, count: number][];
  dead_letters: number | null;
  gaps: number | null;
  connected: boolean | null;
  problem: string;
  since: number | null;
}

export async function clusters(signal?: AbortSignal): Promise<Page<Cluster>> {
  return pageOf(await ask("/clusters", {}, signal), cluster);
}

export function cluster(wire: Wire): Cluster {
  const seen = object(wire.completeness);
  const drops = Object.entries(object(wire.drops)).flatMap(([reason, count]): [string, number][] => {
    const n = num(count);
    return n ? [[reason, n]] : [];
  });
  return {
    slug: text(wire.slug),
    name: text(wire.name),
    broker: text(wire.broker),
    workers_online: num(wire.workers_online),
    workers_silent: num(wire.workers_silent),
    events_per_s: num(wire.events_per_s),
    lag_s: num(wire.lag_s),
    completeness: { seen: num(seen.seen), known: num(seen.known), share: num(seen.share), since: time(seen.since) },
    drops: drops.sort((a, b) => b[1] - a[1]),
    dead_letters: num(wire.dead_letters),
    gaps: Array.isArray(wire.gaps) ? wire.gaps.length : num(wire.gaps),
    connected: flag(wire.connected),
    problem: text(wire.problem),
    since: time(wire.since),
  };
}
