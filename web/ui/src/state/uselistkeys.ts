// The keys of a list of tasks: move, peek, open, select, filter, tail, revoke.
import type { Signal } from "@preact/signals";
import { keyOf, type Task } from "../services/tasks";
import { useKeys } from "./keys";
import { put } from "./location";
import { indexNear } from "./rows";
import type { Selection } from "./selection";

interface ListKeys {
  rows: readonly Task[];
  /** Key of the row the keys act on. */
  cursor: Signal<string | null>;
  /** Id of the task that is peeked at. */
  peek: string | null;
  selection: Selection;
  /** Rows of a screen. */
  screen: number;
  open: (task: Task) => void;
  tail: () => void;
  revoke: () => void;
}

/** The keyboard goes on in the list: what it was in may be gone. */
export const toList = (): void => document.getElementById("tasks")?.focus({ preventScroll: true });

export function useListKeys({ rows, cursor, peek, selection, screen, open, tail, revoke }: ListKeys): void {
  const place = (): number => indexNear(rows, cursor.peek(), 0);
  const current = (): Task | undefined => rows[place()];
  const move = (by: number) => (event: KeyboardEvent): void => {
    event.preventDefault();
    const at = place();
    const to = at < 0 ? (by > 0 && by < rows.length ? by - 1 : by > 0 ? rows.length - 1 : 0) : at + by;
    const task = rows[Math.min(rows.length - 1, Math.max(0, to))];
    if (!task) return;
    cursor.value = keyOf(task);
    toList(); // else Space and Enter would be those of a button
    if (peek !== null) put({ peek: task.id });
  };
  useKeys({
    j: move(1),
    ArrowDown: move(1),
    k: move(-1),
    ArrowUp: move(-1),
    PageDown: move(screen),
    PageUp: move(-screen),
    Home: move(-rows.length),
    End: move(rows.length),
    x: () => {
      const task = current();
      if (task) selection.toggle(task);
    },
    "Shift X": () => selection.reach(rows, place()),
    v: () => selection.size > 0 && revoke(),
    " ": (event) => {
      if (within(event, "a, button, input, summary")) return;
      event.preventDefault();
      put({ peek: peek !== null ? null : (current()?.id ?? null) });
    },
    Enter: (event) => {
      const task = current();
      if (task && !within(event, "a, button, summary")) open(task);
    },
    Escape: () => (peek !== null ? put({ peek: null }) : selection.clear(), requestAnimationFrame(toList)),
    "/": (event) => (event.preventDefault(), document.getElementById("filter")?.focus()),
    l: tail,
  });
}

const within = (event: KeyboardEvent, what: string): boolean => event.target instanceof HTMLElement && event.target.closest(what) !== null;
