// The rows of a list and how they grow: by pages from below, by news from above, merged by key. Made for 100 000 rows:
// what happens for every page or event looks at the page, not at all rows.
import { keyOf, type Task } from "../services/tasks";

export interface Rows {
  items: readonly Task[];
  /** Cursor of the page after the last row; null at the end. */
  next: string | null;
  /** Keys of the items. The versions of one list share it, and it grows with them. */
  known: Set<string>;
}

export type Part = Pick<Rows, "items" | "next">;

export interface News {
  /** Rows that are new at the top. */
  added: readonly Task[];
  /** True when rows between the new ones and the old ones may be missing, so the old ones are let go. */
  torn: boolean;
}

export const begun = (page: Part): Rows => ({ items: page.items, next: page.next, known: new Set(page.items.map(keyOf)) });

/** The rows followed by an older page; rows that are in both stay once, in their new form. */
export function below(rows: Rows, page: Part): Rows {
  const added = page.items.filter((row) => !rows.known.has(keyOf(row)));
  const kept = added.length === page.items.length ? rows.items : renewed(rows.items, page.items, new Set());
  for (const row of added) rows.known.add(keyOf(row));
  return { items: [...kept, ...added], next: page.next, known: rows.known };
}

/** What a newest page brings that is not among the rows. */
export function news(rows: Rows, page: Part): News {
  const added = page.items.filter((row) => !rows.known.has(keyOf(row)));
  const met = added.length < page.items.length || page.items.length === 0; // none: cut short before it found one
  return { added, torn: !met && rows.items.length > 0 && page.next !== null };
}

/** The rows under a newest page. `ahead`: keys whose row on the screen already heard more than this page. */
export function above(rows: Rows, page: Part, ahead: ReadonlySet<string>): Rows {
  const { added, torn } = news(rows, page);
  if (torn) return begun(page);
  const kept = renewed(rows.items, page.items, ahead);
  for (const row of added) rows.known.add(keyOf(row));
  return { items: [...added, ...kept], next: rows.next, known: rows.known };
}

/** The items, with those that are also in `page` in the form they have there. */
export function renewed(items: readonly Task[], page: readonly Task[], ahead: ReadonlySet<string>): readonly Task[] {
  const fresh = new Map(page.map((row) => [keyOf(row), row]));
  const next = [...items];
  for (let k = 0; k < items.length && fresh.size > 0; k++) {
    const key = keyOf(items[k] as Task);
    const row = fresh.get(key);
    if (!row) continue;
    fresh.delete(key);
    if (!ahead.has(key)) next[k] = row;
  }
  return next;
}

/** Where the row with the key is, looked for around `hint` first; −1 when it is not there. */
export function indexNear(items: readonly Task[], key: string | null, hint: number): number {
  if (key === null) return -1;
  const middle = Math.min(Math.max(hint, 0), items.length - 1);
  for (let off = 0; middle - off >= 0 || middle + off < items.length; off++) {
    for (const k of [middle + off, middle - off]) {
      const row = items[k];
      if (row && keyOf(row) === key) return k;
    }
  }
  return -1;
}
