// The field of clusters: asked all the time, because the shell of every page says how complete and how far behind it is.
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Cluster, clusters } from "../services/clusters";
import { type Me, me } from "../services/me";
import { type Asked, useAsked } from "./asked";
import { query } from "./location";

const EVERY_S = 5;

export const all = signal<Asked<Cluster[]>>({ data: null, at: null, error: null, againAt: null, busy: true, again: () => undefined });
export const myself = signal<Me | null>(null);

/** The slug of the one cluster looked at; null for all. */
export const scope = computed(() => query.value.get("cluster") || null);
export const inScope = computed(() => (all.value.data ?? []).filter((each) => !scope.value || each.slug === scope.value));

/** The farthest behind of those in scope, in seconds. */
export const behindS = computed(() => {
  const lags = inScope.value.flatMap((each) => (each.lag_s === null ? [] : [each.lag_s]));
  return lags.length ? Math.max(...lags) : null;
});

/** The least complete of those in scope that were not seen whole. */
export const least = computed(() => {
  const short = inScope.value.filter((each) => each.completeness.share !== null && each.completeness.share < 1);
  return short.sort((a, b) => (a.completeness.share ?? 1) - (b.completeness.share ?? 1))[0] ?? null;
});

export const may = (permission: string): boolean => myself.value?.permissions.includes(permission) ?? false;

/** Keeps the field known while the shell stands. */
export function useField(): void {
  const asked = useAsked("clusters", async (signal) => (await clusters(signal)).items, EVERY_S);
  const who = useAsked("me", me, null);
  useEffect(() => void (all.value = { ...asked, data: asked.data ?? all.peek().data }), [asked.data, asked.error, asked.busy]);
  useEffect(() => void (myself.value = who.data ?? myself.peek()), [who.data]);
}
