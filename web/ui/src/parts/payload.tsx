// Arguments and result: as the worker printed them, with what was cut, redacted or hidden said.
import type { Story } from "../services/story";
import { argued } from "../services/tasks";
import { Panel } from "./panel";
import { Code } from "./text";

export function Arguments({ task }: { task: Story }) {
  return (
    <Panel title="Arguments" note={task.payloadHidden ? "" : "as the worker printed them"} right={<Changed task={task} of={["args", "kwargs"]} />}>
      <div class="body col">
        {task.payloadHidden ? (
          <Hidden />
        ) : task.args === null && task.kwargs === null ? (
          <span class="dim">Nobody said them: the worker sent no task-received with arguments.</span>
        ) : (
          [...argued(task), ...(argued(task).length ? [] : ["()"])].map((text) => <Code key={text} text={text} />)
        )}
      </div>
    </Panel>
  );
}

const WITHOUT: Readonly<Record<string, string>> = {
  FAILURE: "none, it never succeeded",
  REVOKED: "none, it was revoked",
  REJECTED: "none, it was rejected",
  LOST: "unknown, the worker vanished",
  SUCCESS: "not said",
};

export function Result({ task }: { task: Story }) {
  const note = task.result === null && !task.payloadHidden ? (WITHOUT[task.state] ?? "none yet") : "";
  return (
    <Panel title="Result" note={note} right={<Changed task={task} of={["result"]} />}>
      {task.payloadHidden ? (
        <div class="body">
          <Hidden />
        </div>
      ) : (
        task.result !== null && (
          <div class="body">
            <Code text={task.result} />
          </div>
        )
      )}
    </Panel>
  );
}

export const Hidden = () => (
  <span class="faint" title="needs tasks:payload">
    hidden for your role
  </span>
);

/** Says when Meadow itself shortened or redacted one of these before storing it. */
function Changed({ task, of }: { task: Story; of: readonly string[] }) {
  const marks = task.events.map((event) => JSON.stringify(event.marks));
  const has = (what: string): boolean => task.events.some((event, k) => what in event.marks && of.some((column) => marks[k]?.includes(`"${column}"`)));
  const said = [has("redacted") && "redacted before storage", has("cut") && "shortened before storage"].filter(Boolean);
  return said.length ? <span class="tag re">{said.join(", ")}</span> : null;
}
