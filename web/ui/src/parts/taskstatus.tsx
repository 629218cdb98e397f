// Under the task table: which rows one sees of how many, how true that is, and the keys.
import type { ReadonlySignal } from "@preact/signals";
import type { Facets } from "../services/facets";
import { SORT_WORDS, type Sort } from "../state/columns";
import { least } from "../state/field";
import { rowHeight } from "../state/size";
import type { TaskList } from "../state/tasklist";
import { count } from "../state/words";
import { Cut, Incomplete } from "./boxes";

export interface Seen {
  /** How far it is scrolled, and how much is seen, px. */
  top: number;
  height: number;
}

export function StatusBar({ list, seen, facets, sort }: { list: TaskList; seen: ReadonlySignal<Seen>; facets: Facets | null; sort: Sort }) {
  return (
    <div class="statusbar">
      {list.begun.value && <Position list={list} seen={seen.value} total={facets?.complete ? facets.total : null} />}
      <span class="hide-s">{SORT_WORDS[sort]}</span>
      {list.complete.value ? <Incomplete share={least.value?.completeness.share ?? null} /> : <Cut n={list.rows.value.items.length} />}
      {list.full && <span class="warn">more rows: narrow the range</span>}
      <span class="grow" />
      {HINTS.map(([keys, words]) => (
        <span class="keys" key={words}>
          {keys.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
          {words}
        </span>
      ))}
    </div>
  );
}

const HINTS: readonly (readonly [keys: readonly string[], words: string])[] = [
  [["J", "K"], "move"],
  [["Space"], "peek"],
  [["X"], "select"],
  [["Enter"], "open"],
  [["?"], "all keys"],
];

/** "1–23 of 851", or of what is here when nobody counted. */
function Position({ list, seen, total }: { list: TaskList; seen: Seen; total: number | null }) {
  const { items, next } = list.rows.value;
  const row = rowHeight();
  if (!items.length) return <span>0</span>;
  const first = Math.min(items.length, Math.floor(seen.top / row) + 1);
  const last = Math.min(items.length, Math.max(first, Math.floor((seen.top + seen.height - row) / row)));
  const of = next === null ? items.length : total === null ? null : Math.max(total, items.length);
  return (
    <span>
      {count(first)}–{count(last)} of <b>{count(of ?? items.length)}</b>
      {of === null && " or more"}
    </span>
  );
}
