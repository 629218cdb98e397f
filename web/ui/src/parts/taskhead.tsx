// The head of the task table: the names of the columns, one of them turns the order.
import type { Task } from "../services/tasks";
import type { ColumnName } from "../state/columns";
import { here } from "../state/location";
import type { Selection } from "../state/selection";
import { COLUMNS, type Column } from "./taskcells";

interface HeadProps {
  columns: readonly ColumnName[];
  oldestFirst: boolean;
  selection: Selection;
  /** The rows in sight. */
  items: readonly Task[];
}

export function Head({ columns, oldestFirst, selection, items }: HeadProps) {
  const all = items.length > 0 && items.every((task) => selection.has(task));
  return (
    <div class="thead" role="row" aria-rowindex={1}>
      <span role="columnheader">
        <input type="checkbox" tabIndex={-1} aria-label="Select all on screen" title="Select all on screen" checked={all} onChange={() => (all ? selection.clear() : selection.add(items))} />
      </span>
      {columns.map((name) => (name === "sent" ? <Born key={name} oldestFirst={oldestFirst} /> : <Plain key={name} column={COLUMNS[name]} />))}
    </div>
  );
}

const Plain = ({ column }: { column: Column }) => (
  <span role="columnheader" class={column.right ? "r" : ""}>
    {column.words}
  </span>
);

const Born = ({ oldestFirst }: { oldestFirst: boolean }) => (
  <span role="columnheader" aria-sort={oldestFirst ? "ascending" : "descending"}>
    <a tabIndex={-1} href={here({ sort: oldestFirst ? null : "oldest", tail: null })} title={oldestFirst ? "Newest first" : "Oldest first"}>
      {COLUMNS.sent.words} {oldestFirst ? "↑" : "↓"}
    </a>
  </span>
);
