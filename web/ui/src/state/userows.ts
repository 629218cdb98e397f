// The keys of a short list: one row is the present one, moved by J, K and arrows, opened by Enter.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useKeys } from "./keys";

/** `ids` in the order of the rows; each row's element has the id `row-` and its place. `filter`: id of the input that / leads to. */
export function useRows(ids: readonly string[], open: (id: string) => void, filter: string): Signal<string | null> {
  const cursor = useSignal<string | null>(null);
  const at = cursor.value === null ? -1 : ids.indexOf(cursor.value);
  const move = (by: number) => (event: KeyboardEvent): void => {
    event.preventDefault();
    cursor.value = ids[Math.min(ids.length - 1, Math.max(0, at < 0 ? 0 : at + by))] ?? null;
  };
  useKeys({
    j: move(1),
    ArrowDown: move(1),
    k: move(-1),
    ArrowUp: move(-1),
    Home: move(-ids.length),
    End: move(ids.length),
    Enter: (event) => {
      const id = ids[at];
      if (id !== undefined && !(event.target instanceof HTMLElement && event.target.closest("a, button"))) open(id);
    },
    "/": (event) => (event.preventDefault(), document.getElementById(filter)?.focus()),
  });
  useEffect(() => {
    if (at >= 0) document.getElementById(`row-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return cursor;
}
