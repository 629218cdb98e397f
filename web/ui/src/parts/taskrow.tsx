// One row of the task table; in a narrow window it becomes two lines.
import { born, ran, type Task } from "../services/tasks";
import type { ColumnName } from "../state/columns";
import type { Selection } from "../state/selection";
import { Clock, Duration } from "./figures";
import { type Around, type Column, COLUMNS, Error } from "./taskcells";
import { Host, Said, visible } from "./text";

interface RowProps {
  task: Task;
  at: number;
  height: number;
  columns: readonly ColumnName[];
  around: Around;
  current: boolean;
  picked: boolean;
  pick: Selection;
  point: (task: Task) => void;
  open: (task: Task) => void;
}

const PLACE: Partial<Record<ColumnName, string>> = { name: "nm m2", state: "m1" };

export function Row({ task, at, height, columns, around, current, picked, pick, point, open }: RowProps) {
  return (
    <div
      class={`tr ${current ? "cur" : ""} ${picked ? "sel" : ""}`}
      id={`row-${at}`}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={picked}
      style={{ top: `${at * height}px`, height: `${height}px` }}
      onClick={() => getSelection()?.type !== "Range" && point(task)} // who selects text does not look into it
      onDblClick={() => open(task)}
    >
      <span class="ck" role="gridcell" onClick={(event) => event.stopPropagation()} onDblClick={(event) => event.stopPropagation()}>
        <label>
          <input type="checkbox" tabIndex={-1} aria-label={`Select ${visible(task.id.slice(0, 8))}`} checked={picked} onChange={() => pick.toggle(task)} />
        </label>
      </span>
      {columns.map((name) => {
        const column: Column = COLUMNS[name];
        return (
          <span key={name} role="gridcell" class={`${column.right ? "r" : ""} ${PLACE[name] ?? ""}`}>
            {column.cell(task, around)}
          </span>
        );
      })}
      <span class="m3 only-s r dim" role="gridcell">
        {ran(task) !== null && <Duration s={ran(task)} />}
      </span>
      <span class="m4 only-s" role="gridcell">
        {task.exception ? <Error text={task.exception.split(/[(:]/, 1)[0] ?? ""} failed={task.state === "FAILURE"} /> : <Said text={task.queue || task.cluster} />}, <Clock at={born(task)} />
        {task.worker && (
          <>
            , <Host name={task.worker} />
          </>
        )}
      </span>
    </div>
  );
}
