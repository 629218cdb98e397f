// Tasks like this one: the last of its name, and those that failed in the same way.
import { tasks, type Task, born } from "../services/tasks";
import { facets } from "../services/facets";
import { trends } from "../services/trends";
import { type Asked, useAsked } from "./asked";
import { written } from "./filter";

export const RUNS = 50;

/** Runs of its name up to this one, oldest first; this one is the last. */
export function useLastRuns(task: Task): Asked<Task[]> {
  const until = born(task);
  return useAsked(
    `runs ${task.cluster} ${task.id} ${task.state}`,
    async (signal) => {
      if (!task.name || until === null) return [];
      const to = new Date(until + 1).toISOString();
      const page = await tasks({ name: task.name, cluster: task.cluster, state: ["SUCCESS", "FAILURE"], from: new Date(until - 7 * 86_400_000).toISOString(), to, limit: RUNS }, signal);
      return [...page.items.filter((each) => each.id !== task.id).slice(0, RUNS - 1).reverse(), task];
    },
    null,
  );
}

/** The p95 of run times of its name over the last week; null while not known. */
export function useUsualRun(task: Task): number | null {
  const asked = useAsked(`usual ${task.cluster} ${task.name}`, async (signal) => (task.name ? await trends({ name: task.name, cluster: task.cluster, from: "now-7d", step: "1d" }, signal) : null), null);
  return asked.data?.totals.runtime_s.p95 ?? null;
}

/** The class of an exception, as its text begins: "KeyError('x')" is a KeyError. */
export const classOf = (exception: string): string => /^[\w.]{1,100}(?=[(:]|$)/.exec(exception)?.[0] ?? "";

/** The filter of tasks of its name that failed with the same class; "" when it has none. */
export function alikeFilter(task: Task): string {
  const type = classOf(task.exception);
  return type && task.name ? `state:FAILURE ${written("name", task.name)} ${written("exception", type)}` : "";
}

/** How many failed alike in the last hour; null while not known. */
export function useAlike(task: Task): number | null {
  const q = alikeFilter(task);
  const asked = useAsked(`alike ${task.cluster} ${q}`, async (signal) => (q ? await facets({ q, cluster: task.cluster, from: "now-1h", limit: 1 }, signal) : null), null);
  return asked.data?.total ?? null;
}
