// The workers of a list in order: by cluster, trouble first, and what they are together.
import type { Worker } from "../services/workers";
import { WORKER_STATES } from "./states";

export interface Crew {
  cluster: string;
  workers: Worker[];
  /** Processes that run a task, of those workers that are not offline; null when none said so. */
  busy: number | null;
  /** Processes there are, as far as they were asked. */
  size: number | null;
}

export const idOf = (worker: Worker): string => `${worker.cluster} ${worker.hostname}`;

/** Whether what was typed stands in its name, its queues or its version. */
export function holds(worker: Worker, typed: string): boolean {
  const said = [worker.hostname, worker.software, worker.version, ...(worker.queues ?? [])].join(" ").toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

const rank = (worker: Worker): number => (WORKER_STATES.indexOf(worker.state) + WORKER_STATES.length + 1) % (WORKER_STATES.length + 1);
const troubleFirst = (a: Worker, b: Worker): number => rank(a) - rank(b) || a.hostname.localeCompare(b.hostname);

/** Clusters in the order of their worst worker. */
export function crews(workers: readonly Worker[]): Crew[] {
  const by = new Map<string, Worker[]>();
  for (const each of [...workers].sort(troubleFirst)) by.set(each.cluster, [...(by.get(each.cluster) ?? []), each]);
  return [...by].map(([cluster, own]) => {
    const there = own.filter((each) => each.state !== "offline");
    return { cluster, workers: own, busy: sum(there.map((each) => each.active)), size: sum(there.map((each) => each.pool?.max_concurrency ?? null)) };
  });
}

/** Null when nothing is known; what is unknown counts nothing. */
export function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length ? known.reduce((all, value) => all + value, 0) : null;
}

/** Versions of those that are there, the most common first. */
export function versions(workers: readonly Worker[]): [version: string, n: number][] {
  const counts = new Map<string, number>();
  for (const each of workers) if (each.state !== "offline" && each.version) counts.set(each.version, (counts.get(each.version) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
