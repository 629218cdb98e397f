// The rows of a list and how they grow: by pages from below, by news from above, merged by key.
import { keyOf, type Task } from "../services/tasks";

export interface Rows {
  items: readonly Task[];
  /** Cursor of the page after the last row; null at the end. */
  next: string | null;
}

export interface News {
  rows: Rows;
  /** How many rows are new at the top. */
  added: number;
  /** True when rows between the new ones and the old ones may be missing, so the old ones were let go. */
  torn: boolean;
}

/** The rows followed by an older page; rows that are in both stay once, in their new form. */
export function below(rows: Rows, page: Rows): Rows {
  const fresh = byKey(page.items);
  const known = new Set(rows.items.map(keyOf));
  const kept = rows.items.map((row) => fresh.get(keyOf(row)) ?? row);
  return { items: [...kept, ...page.items.filter((row) => !known.has(keyOf(row)))], next: page.next };
}

/** The rows under a newest page. `ahead`: keys whose row on the screen already heard more than this page. */
export function above(rows: Rows, page: Rows, ahead: ReadonlySet<string>): News {
  const known = byKey(rows.items);
  const added = page.items.filter((row) => !known.has(keyOf(row)));
  if (added.length === page.items.length && rows.items.length > 0 && page.next !== null) {
    return { rows: page, added: added.length, torn: true };
  }
  const fresh = byKey(page.items);
  const kept = rows.items.map((row) => (ahead.has(keyOf(row)) ? row : (fresh.get(keyOf(row)) ?? row)));
  return { rows: { items: [...added, ...kept], next: rows.next }, added: added.length, torn: false };
}

const byKey = (items: readonly Task[]): Map<string, Task> => new Map(items.map((row) => [keyOf(row), row]));
