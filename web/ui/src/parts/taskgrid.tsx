// The table of tasks: only the rows in sight exist, all of one height, moved through by keys.
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { keyOf, type Task } from "../services/tasks";
import type { ColumnName, Sort } from "../state/columns";
import { indexNear } from "../state/rows";
import type { Selection } from "../state/selection";
import { rowHeight, TWO_LINES } from "../state/size";
import type { TaskList } from "../state/tasklist";
import type { Around } from "./taskcells";
import { Head } from "./taskhead";
import { Row } from "./taskrow";
import { COLUMNS } from "./taskcells";

export interface GridProps {
  list: TaskList;
  columns: readonly ColumnName[];
  around: Around;
  selection: Selection;
  /** Key of the row the keys act on. */
  cursor: ReadonlySignal<string | null>;
  /** How many match, when that is known. */
  total: number | null;
  sort: Sort;
  point: (task: Task) => void;
  open: (task: Task) => void;
  scrolled: (top: number, height: number) => void;
}

const SPARE = 8; // rows drawn beyond each edge
const AHEAD = 60; // rows before the end at which the next page is asked for
const HEIGHT_FIRST_PX = 600; // until it is measured

export function TaskGrid({ list, columns, around, selection, cursor, total, sort, point, open, scrolled }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const high = useSignal(HEIGHT_FIRST_PX);
  const hint = useRef(0);
  const { items, next } = list.rows.value;
  const row = rowHeight();
  const topRow = useComputed(() => Math.floor(top.value / rowHeight())).value; // not every pixel draws the rows anew
  const endRow = useComputed(() => Math.ceil((top.value + high.value) / rowHeight())).value;
  const first = Math.max(0, topRow - SPARE);
  const last = Math.min(items.length, endRow + SPARE);
  const at = indexNear(items, cursor.value, hint.current);
  if (at >= 0) hint.current = at;
  const picked = selection.picked.value;
  const whole = total ?? (next === null ? items.length : null);
  useSize(box, (height) => ((high.value = height), scrolled(top.peek(), height)));
  useMore(list, last);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [list]);
  useEffect(() => intoSight(box.current, at, row), [cursor.value, at < 0]);
  return (
    <div
      ref={box}
      class={picked.size ? "tbody picking" : "tbody"}
      id="tasks"
      role="grid"
      tabIndex={0}
      aria-label="Tasks; J and K move, Space peeks, Enter opens, X selects"
      aria-multiselectable="true"
      aria-rowcount={whole === null ? -1 : whole + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={at >= first && at < last ? `row-${at}` : undefined}
      style={{ "--cols": `16px ${columns.map((name) => COLUMNS[name].width).join(" ")}` }}
      onScroll={(event) => ((top.value = event.currentTarget.scrollTop), scrolled(top.peek(), high.peek()))}
    >
      <Head columns={columns} sort={sort} selection={selection} items={items.slice(topRow, Math.max(topRow, endRow - 2))} />
      <div class="rows" role="rowgroup" style={{ height: `${items.length * row}px` }}>
        {items.slice(first, last).map((task, k) => (
          <Row key={keyOf(task)} task={task} at={first + k} height={row} columns={columns} around={around} current={first + k === at} picked={picked.has(keyOf(task))} pick={selection} point={point} open={open} />
        ))}
      </div>
    </div>
  );
}

function useSize(box: { current: HTMLElement | null }, say: (height: number) => void): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(([entry]) => say(entry?.contentRect.height ?? 0));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
}

/** Asks for the page below while the end is near. */
function useMore(list: TaskList, last: number): void {
  const length = list.rows.value.items.length;
  useEffect(() => {
    if (last + AHEAD >= length) void list.more();
  }, [list, length, last + AHEAD >= length]);
}

function intoSight(box: HTMLElement | null, at: number, row: number): void {
  if (!box || at < 0) return;
  const head = row === TWO_LINES ? 0 : row;
  const y = at * row;
  if (y < box.scrollTop) box.scrollTop = y;
  else if (y + row > box.scrollTop + box.clientHeight - head) box.scrollTop = y + row + head - box.clientHeight;
}
