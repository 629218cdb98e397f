// The table of tasks: only the rows in sight exist, all of one height, moved through by keys.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { born, keyOf, type Task } from "../services/tasks";
import { NARROW, wide } from "../state/size";
import type { TaskList } from "../state/tasklist";
import { count } from "../state/words";
import { Clock, Duration } from "./figures";
import { type Column, type ColumnName, COLUMNS, Error } from "./taskcells";
import { Said } from "./text";

interface GridProps {
  list: TaskList;
  columns: ColumnName[];
  /** Key of the row the keys act on. */
  cursor: string | null;
  point: (task: Task) => void;
  open: (task: Task) => void;
  scrolled: (top: number) => void;
}

const SPARE = 8; // rows drawn beyond each edge
const AHEAD = 30; // rows before the end at which the next page is asked for

export const rowHeight = (): number => (wide.value <= NARROW ? 52 : matchMedia("(pointer: coarse)").matches ? 36 : 28);

export function TaskGrid({ list, columns, cursor, point, open, scrolled }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const high = useSignal(600);
  const { items, next } = list.rows.value;
  const row = rowHeight();
  const first = Math.max(0, Math.floor(top.value / row) - SPARE);
  const last = Math.min(items.length, Math.ceil((top.value + high.value) / row) + SPARE);
  const at = items.findIndex((task) => keyOf(task) === cursor);
  useSize(box, (height) => (high.value = height));
  useMore(list, last);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [list]);
  useEffect(() => intoSight(box.current, at, row), [cursor]);
  return (
    <div
      ref={box}
      class="tbody"
      id="tasks"
      role="grid"
      tabIndex={0}
      aria-label="Tasks, newest first; J and K move, Space peeks, Enter opens"
      aria-rowcount={next === null ? items.length + 1 : -1}
      aria-colcount={columns.length}
      aria-activedescendant={at >= first && at < last ? `row-${at}` : undefined}
      style={{ "--cols": columns.map((name) => COLUMNS[name].width).join(" ") }}
      onScroll={(event) => ((top.value = event.currentTarget.scrollTop), scrolled(top.value))}
    >
      <div class="thead" role="row" aria-rowindex={1}>
        {columns.map((name) => (
          <Head key={name} column={COLUMNS[name]} sorted={name === "sent"} />
        ))}
      </div>
      <div class="rows" role="rowgroup" style={{ height: `${items.length * row}px` }}>
        {items.slice(first, last).map((task, k) => (
          <Row key={keyOf(task)} task={task} at={first + k} height={row} columns={columns} current={first + k === at} hidden={list.payloadHidden.value} point={point} open={open} />
        ))}
      </div>
    </div>
  );
}

const Head = ({ column, sorted }: { column: Column; sorted: boolean }) => (
  <span role="columnheader" class={column.right ? "r" : ""} aria-sort={sorted ? "descending" : undefined}>
    {column.words}
    {sorted && " ↓"}
  </span>
);

interface RowProps {
  task: Task;
  at: number;
  height: number;
  columns: ColumnName[];
  current: boolean;
  hidden: boolean;
  point: (task: Task) => void;
  open: (task: Task) => void;
}

function Row({ task, at, height, columns, current, hidden, point, open }: RowProps) {
  return (
    <div
      class={`tr ${current ? "cur" : ""}`}
      id={`row-${at}`}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={current}
      style={{ top: `${at * height}px`, height: `${height}px` }}
      onClick={() => point(task)}
      onDblClick={() => open(task)}
    >
      {columns.map((name) => {
        const column: Column = COLUMNS[name];
        return (
          <span key={name} role="gridcell" class={`${column.right ? "r" : ""} ${name === "name" ? "nm m2" : name === "state" ? "m1" : ""}`}>
            {column.cell(task, hidden)}
          </span>
        );
      })}
      <span class="m3 only-s r dim" role="gridcell">
        {task.runtime_s !== null && <Duration s={task.runtime_s} />}
      </span>
      <span class="m4 only-s" role="gridcell">
        {task.exception ? <Error text={task.exception} failed={task.state === "FAILURE"} /> : <Said text={task.queue || task.cluster} />}, <Clock at={born(task)} />
        {task.worker && (
          <>
            , <Said text={task.worker} />
          </>
        )}
      </span>
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
  const head = rowHeight() === 52 ? 0 : row;
  const y = at * row;
  if (y < box.scrollTop) box.scrollTop = y;
  else if (y + row > box.scrollTop + box.clientHeight - head) box.scrollTop = y + row + head - box.clientHeight;
}

/** "1–23 of 100 or more". */
export function Position({ list, top, high }: { list: TaskList; top: number; high: number }) {
  const { items, next } = list.rows.value;
  const row = rowHeight();
  if (!items.length) return <span>0</span>;
  const first = Math.min(items.length, Math.floor(top / row) + 1);
  const last = Math.min(items.length, Math.max(first, Math.ceil((top + high - row) / row)));
  return (
    <span>
      {count(first)}–{count(last)} of <b>{count(items.length)}</b>
      {next !== null && " or more"}
    </span>
  );
}
