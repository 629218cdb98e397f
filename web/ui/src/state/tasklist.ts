// One list of tasks under one filter: pages from below, news from above, held back while somebody reads further down.
import { signal } from "@preact/signals";
import type { Params } from "../api";
import type { TaskEvent } from "../services/events";
import type { One } from "../services/read";
import { keyOf, type Task, tasks, type TaskPage } from "../services/tasks";
import { folded } from "./fold";
import { above, begun, below, news, renewed, type Rows } from "./rows";

export const PAGE = 100;
const MORE = 500; // rows of a page below: who scrolls wants many
const ROWS_MAX = 100_000; // further back is reached by a narrower range, not by more memory

export class TaskList {
  readonly rows = signal<Rows>({ items: [], next: null, known: new Set() });
  /** True once the first page is here. */
  readonly begun = signal(false);
  /** New rows that wait until one looks at the top. */
  readonly held = signal(0);
  readonly missed = signal<{ rows: number | null; reason: string } | null>(null);
  readonly failed = signal<Error | null>(null);
  /** Why news cannot be followed now; it is tried again. */
  readonly waits = signal<Error | null>(null);
  readonly complete = signal(true);
  readonly payloadHidden = signal(false);
  private newest: TaskPage | null = null;
  private readonly told = new Map<string, number>();
  private busy = false;

  constructor(private readonly params: Params) {}

  get full(): boolean {
    return this.rows.value.items.length >= ROWS_MAX;
  }

  /** A newest page. `top`: whether its new rows may be shown at once. */
  take(page: TaskPage, top: boolean): void {
    this.complete.value = page.complete;
    this.payloadHidden.value = page.payloadHidden;
    this.newest = page;
    if (!this.begun.value) {
      this.rows.value = begun(page);
      this.begun.value = true;
    } else if (top) this.show();
    else this.hold(page);
  }

  /** Lets in what was held back. */
  show(): void {
    if (this.newest) this.rows.value = above(this.rows.value, this.newest, this.ahead(this.newest));
    this.held.value = 0;
  }

  private hold(page: TaskPage): void {
    const { added, torn } = news(this.rows.value, page);
    this.held.value = added.length;
    if (!torn) this.rows.value = { ...this.rows.value, items: renewed(this.rows.value.items, page.items, this.ahead(page)) };
  }

  /** One task as it was read by itself: its row says the same. */
  learn({ item, watermark }: One<Task>): void {
    this.rows.value = { ...this.rows.value, items: renewed(this.rows.value.items, [item], this.ahead({ watermark })) };
  }

  /** Rows that heard an event the answer does not hold yet. */
  private ahead(page: Pick<TaskPage, "watermark">): Set<string> {
    const until = page.watermark ?? Number.POSITIVE_INFINITY;
    for (const [key, at] of this.told) if (at <= until) this.told.delete(key);
    return new Set(this.told.keys());
  }

  /** The page below the last row. */
  async more(): Promise<void> {
    const cursor = this.rows.value.next;
    if (this.busy || cursor === null || this.full) return;
    this.busy = true;
    this.failed.value = null;
    try {
      const page = await tasks({ ...this.params, cursor, limit: MORE });
      if (this.rows.value.next === cursor) this.rows.value = below(this.rows.value, page);
      this.complete.value &&= page.complete;
    } catch (error) {
      this.failed.value = error as Error;
    }
    this.busy = false;
  }

  /** What events change in the rows that are here. */
  hear(events: readonly TaskEvent[]): void {
    const about = Map.groupBy(events, (event) => event.task_id);
    const items = [...this.rows.value.items];
    let changed = false;
    for (let k = 0; k < items.length; k++) {
      const row = items[k] as Task;
      const told = about.get(row.id)?.filter((event) => !event.cluster || event.cluster === row.cluster) ?? [];
      const next = told.reduce(folded, row);
      if (next === row) continue;
      items[k] = next;
      changed = true;
      this.told.set(keyOf(row), Math.max(...told.map((event) => event.received_at ?? event.at ?? 0)));
    }
    if (changed) this.rows.value = { ...this.rows.value, items };
  }

  miss(rows: number | null, reason: string): void {
    const before = this.missed.value?.rows ?? 0;
    this.missed.value = { rows: rows === null ? null : before + rows, reason };
  }
}
