// What is wrong now: asked all the time by the shell, because the navigation counts it.
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem } from "../api";
import { problems, type Trouble } from "../services/problems";
import { type Asked, useAsked } from "./asked";
import { scope } from "./field";
import { link } from "./location";

const EVERY_S = 15;
const LIMIT = 50;

export const troubles = signal<Asked<Trouble[]>>({ data: null, at: null, error: null, againAt: null, busy: true, again: () => undefined });

const PAGE_OF: Readonly<Record<string, string>> = { overview: "/", tasks: "/tasks", task: "/tasks", workers: "/workers", worker: "/workers" };

/** How much needs a look on each page, and whether any of it is critical. */
export const needing = computed(() => {
  const counts = new Map<string, { n: number; critical: boolean }>();
  for (const each of troubles.value.data ?? []) {
    const page = PAGE_OF[each.page] ?? "/";
    const before = counts.get(page);
    counts.set(page, { n: (before?.n ?? 0) + 1, critical: each.severity === "critical" || (before?.critical ?? false) });
  }
  return counts;
});

/** The address of the list behind it. */
export function behind(trouble: Trouble): string {
  const { id, hostname, cluster = trouble.cluster, ...params } = trouble.params;
  const one = trouble.page === "task" ? id : trouble.page === "worker" ? hostname : undefined;
  const page = PAGE_OF[trouble.page] ?? "/";
  return one ? link(`${page}/${encodeURIComponent(one)}`, { ...params, in: cluster }) : link(page, { ...params, cluster: cluster || null });
}

/** Keeps the troubles known while the shell stands. */
export function useTroubles(): void {
  const asked = useAsked(scope.value ?? "", async (signal) => (await problems({ cluster: scope.value, limit: LIMIT }, signal)).items, EVERY_S);
  const absent = asked.error instanceof Problem && asked.error.status === 404;
  useEffect(() => void (troubles.value = { ...asked, error: absent ? null : asked.error }), [asked.data, asked.error, asked.busy]);
}
