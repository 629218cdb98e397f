// The tasks picked for one command: by key, with a place from which a range is picked.
import { signal } from "@preact/signals";
import { keyOf, type Task } from "../services/tasks";
import type { TaskRef } from "./dialogs";

export class Selection {
  readonly picked = signal<ReadonlyMap<string, TaskRef>>(new Map());
  /** What is said of it before a command, such as what was left out. */
  note = "";
  private anchor: string | null = null;

  get size(): number {
    return this.picked.value.size;
  }

  has(task: Task): boolean {
    return this.picked.value.has(keyOf(task));
  }

  toggle(task: Task): void {
    const next = new Map(this.picked.value);
    if (!next.delete(keyOf(task))) next.set(keyOf(task), refOf(task));
    this.anchor = keyOf(task);
    this.picked.value = next;
  }

  /** From the row picked last to this one, both with it. */
  reach(items: readonly Task[], to: number): void {
    if (to < 0) return;
    const from = items.findIndex((row) => keyOf(row) === this.anchor);
    const [low, high] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    this.add(items.slice(low, high + 1));
  }

  add(tasks: readonly Task[]): void {
    this.picked.value = new Map([...this.picked.value, ...tasks.map((task) => [keyOf(task), refOf(task)] as const)]);
    this.anchor = tasks.length ? keyOf(tasks[tasks.length - 1] as Task) : this.anchor;
  }

  /** These and no others. */
  set(tasks: readonly Task[], note: string): void {
    this.clear();
    this.add(tasks);
    this.note = note;
  }

  clear(): void {
    this.picked.value = new Map();
    this.anchor = null;
    this.note = "";
  }
}

const refOf = ({ id, cluster }: Task): TaskRef => ({ id, cluster });
