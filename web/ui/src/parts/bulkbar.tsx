// What is selected, what all would be, and what can be done with it.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Params } from "../api";
import { BULK_MAX, collect } from "../state/collect";
import { ask } from "../state/dialogs";
import { may } from "../state/field";
import type { Selection } from "../state/selection";
import { toast } from "../state/toasts";
import { toList } from "../state/uselistkeys";
import { count } from "../state/words";
import { Icon } from "./glyphs";

interface BulkProps {
  selection: Selection;
  /** How many match the filter, when that is known. */
  total: number | null;
  question: Params;
}

/** Asks what to do with the selection; nothing is sent before the answer. */
export function revoke(selection: Selection): void {
  const tasks = [...selection.picked.value.values()];
  if (tasks.length) ask({ kind: "revoke", tasks, ...(selection.note ? { note: selection.note } : {}), done: () => selection.clear() });
}

export function BulkBar({ selection, total, question }: BulkProps) {
  const progress = useSignal<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const n = selection.picked.value.size;
  const allowed = may("tasks:control");
  useEffect(() => () => stop.current?.abort(), [selection]);
  const all = async (): Promise<void> => {
    stop.current = new AbortController();
    progress.value = 0;
    try {
      const { tasks, whole } = await collect(question, (here) => (progress.value = here), stop.current.signal);
      selection.set(tasks, whole ? "" : `The first ${count(tasks.length)} that match; one command takes at most ${count(BULK_MAX)}.`);
    } catch (error) {
      if (!stop.current.signal.aborted) toast("WARN", "Not all could be selected", (error as Error).message);
    }
    progress.value = null;
  };
  if (!n) return null;
  return (
    <div class="pop bulk" role="region" aria-label="Selection">
      <b>{count(n)} selected</b>
      {progress.value !== null ? (
        <span class="dim">{count(progress.value)} found…</span>
      ) : (
        (total === null || total > n) && (
          <button type="button" class="link-b" onClick={() => void all()}>
            {total === null ? "or all that match" : total > BULK_MAX ? `or the first ${count(BULK_MAX)} of ${count(total)} that match` : `or all ${count(total)} that match`}
          </button>
        )
      )}
      <button type="button" class="btn danger" disabled={!allowed} title={allowed ? undefined : "needs tasks:control"} onClick={() => revoke(selection)}>
        Revoke… <kbd>V</kbd>
      </button>
      <button type="button" class="btn ghost icon" aria-label="Clear the selection" title="Clear (Esc)" onClick={() => (selection.clear(), toList())}>
        <Icon id="x" />
      </button>
    </div>
  );
}
