// Names of tasks in the order of what they cost: time spent, runs, or failures.
import type { Series, Totals } from "../services/trends";

export const ORDERS = ["time", "runs", "failed"] as const;
export type NameOrder = (typeof ORDERS)[number];

export interface NameRow {
  name: string;
  totals: Totals;
  series: Series;
}

const OTHER = "(other)";

/** Names whose totals the API tells; the rest together is no name. */
export function named(items: readonly Series[], by: NameOrder): NameRow[] {
  const rows = items.flatMap((series): NameRow[] => (series.key && series.key !== OTHER && series.totals ? [{ name: series.key, totals: series.totals, series }] : []));
  const worth = (row: NameRow): number => (by === "time" ? row.totals.spent_s : by === "runs" ? row.totals.count : row.totals.failed) ?? 0;
  return rows.sort((a, b) => worth(b) - worth(a) || a.name.localeCompare(b.name));
}
