// A question that was answered with yes, as the orders the API takes: one for each cluster and 500 tasks.
import type { Wire } from "../api";
import type { Effect, Order } from "../services/commands";
import type { Question, TaskRef } from "./dialogs";

export const IDS_MAX = 500; // of one revoke

export interface Sending {
  cluster: string;
  order: Order;
}

/** `wide`: for every worker of the cluster, whoever was named. */
export function sendings(question: Question, args: Wire, wide: boolean, reason: string): Sending[] {
  if (question.kind !== "revoke") {
    const destination = wide || question.hosts === null ? null : [...question.hosts];
    return [{ cluster: question.cluster, order: { command: question.kind, arguments: args, destination, reason } }];
  }
  return batches(question.tasks).map(({ cluster, ids }) => ({ cluster, order: { command: "revoke", arguments: { task_ids: ids, ...args }, destination: null, reason } }));
}

function batches(tasks: readonly TaskRef[]): { cluster: string; ids: string[] }[] {
  const by = new Map<string, Set<string>>();
  for (const { cluster, id } of tasks) by.set(cluster, (by.get(cluster) ?? new Set()).add(id));
  return [...by].flatMap(([cluster, ids]) => {
    const all = [...ids];
    return Array.from({ length: Math.ceil(all.length / IDS_MAX) }, (_, k) => ({ cluster, ids: all.slice(k * IDS_MAX, (k + 1) * IDS_MAX) }));
  });
}

/** What several orders would do, in one list: counts of the same effect add up, but each cluster's workers are asked once. */
export function merged(answers: readonly { cluster: string; effects: readonly Effect[] }[]): Effect[] {
  const sums = new Map<string, Effect>();
  const askedOf = new Set<string>();
  for (const { cluster, effects } of answers) {
    effects.forEach((effect, k) => {
      const before = sums.get(effect.text);
      const again = k === 0 && askedOf.has(cluster);
      if (!before) sums.set(effect.text, effect);
      else if (!again && before.count !== null && effect.count !== null) sums.set(effect.text, { ...before, count: before.count + effect.count });
    });
    askedOf.add(cluster);
  }
  return [...sums.values()];
}
