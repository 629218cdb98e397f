// The head of the task table: the names of the columns; some of them change the order.
import type { Task } from "../services/tasks";
import { COLUMN_SORTS, type ColumnName, SORT_WORDS, type Sort } from "../state/columns";
import { here } from "../state/location";
import type { Selection } from "../state/selection";
import { COLUMNS } from "./taskcells";

interface HeadProps {
  columns: readonly ColumnName[];
  sort: Sort;
  selection: Selection;
  /** The rows in sight. */
  items: readonly Task[];
}

export function Head({ columns, sort, selection, items }: HeadProps) {
  const all = items.length > 0 && items.every((task) => selection.has(task));
  return (
    <div class="thead" role="row" aria-rowindex={1}>
      <span role="columnheader" class="ck">
        <label title="Select all on screen">
          <input type="checkbox" tabIndex={-1} aria-label="Select all on screen" checked={all} onChange={() => (all ? selection.clear() : selection.add(items))} />
        </label>
      </span>
      {columns.map((name) => (
        <Name key={name} name={name} sort={sort} />
      ))}
    </div>
  );
}

function Name({ name, sort }: { name: ColumnName; sort: Sort }) {
  const { words, right } = COLUMNS[name];
  const sorts = COLUMN_SORTS[name];
  const at = sorts?.indexOf(sort) ?? -1;
  const to = sorts?.[at + 1] ?? "newest"; // after the last one, back to the usual order
  return (
    <span role="columnheader" class={right ? "r" : ""} aria-sort={at < 0 ? undefined : sort === "oldest" ? "ascending" : "descending"}>
      {sorts ? (
        <a tabIndex={-1} href={here({ sort: to === "newest" ? null : to, tail: null, peek: null })} title={SORT_WORDS[to]}>
          {words} {at < 0 ? "" : sort === "oldest" ? "↑" : "↓"}
        </a>
      ) : (
        words
      )}
    </span>
  );
}
