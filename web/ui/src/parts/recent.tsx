// A short list of tasks with how each ended.
import { born, keyOf, type Task } from "../services/tasks";
import { taskPath } from "../state/pages";
import { Clock, Duration } from "./figures";
import { TaskState } from "./glyphs";
import { Error } from "./taskcells";
import { Name } from "./text";

export function Recent({ tasks }: { tasks: readonly Task[] }) {
  return (
    <div class="tw">
      <table class="t">
        <thead>
          <tr>
            <th>State</th>
            <th>Task</th>
            <th class="hide-s">Error</th>
            <th class="r">Sent</th>
            <th class="r">Ran</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <tr key={keyOf(task)}>
              <td>
                <TaskState state={task.state} />
              </td>
              <td class="m cut host">
                <a class="n" href={taskPath(task)}>
                  <Name name={task.name} />
                </a>
              </td>
              <td class="cut hide-s host">{task.exception && <Error text={task.exception} failed={task.state === "FAILURE"} />}</td>
              <td class="r dim">
                <Clock at={born(task)} />
              </td>
              <td class="r">
                <Duration s={task.runtime_s} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
