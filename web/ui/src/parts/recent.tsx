// A short list of tasks with how each ended.
import { born, keyOf, ran, type Task } from "../services/tasks";
import { taskPath } from "../state/pages";
import { Clock, Duration } from "./figures";
import { TaskState } from "./glyphs";
import { type Column, Table } from "./table";
import { Error } from "./taskcells";
import { Name } from "./text";

export const TASK: Column<Task> = {
  words: "Task",
  class: "m cut host",
  cell: (task) => (
    <a class="n" href={taskPath(task)}>
      <Name name={task.name} />
    </a>
  ),
};

const COLUMNS: readonly Column<Task>[] = [
  { words: "State", cell: (task) => <TaskState state={task.state} /> },
  TASK,
  { words: "Error", class: "cut hide-s host", cell: (task) => task.exception && <Error text={task.exception} failed={task.state === "FAILURE"} /> },
  { words: "Sent", class: "r dim", cell: (task) => <Clock at={born(task)} /> },
  { words: "Ran", class: "r", cell: (task) => <Duration s={ran(task)} /> },
];

export const Recent = ({ tasks }: { tasks: readonly Task[] }) => <Table columns={COLUMNS} rows={tasks} keyOf={keyOf} />;
