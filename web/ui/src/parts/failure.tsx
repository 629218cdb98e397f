// Why a task failed: its traceback with the frames of libraries folded, and the door to those that failed alike.
import type { Story } from "../services/story";
import { alikeFilter, useAlike } from "../state/alike";
import { link } from "../state/location";
import { count } from "../state/words";
import { Copy } from "./copy";
import { Panel } from "./panel";
import { Hidden } from "./payload";
import { Error } from "./taskcells";
import { Code } from "./text";
import { Trace } from "./trace";

export function Failure({ task }: { task: Story }) {
  const title = task.state === "FAILURE" ? "Failed with" : "Last error";
  return (
    <Panel
      title={title}
      right={
        <>
          <Alike task={task} />
          {task.traceback && <Copy text={task.traceback} what="the traceback" />}
        </>
      }
    >
      <div class="body col">
        {task.traceback ? (
          <Trace text={task.traceback} />
        ) : (
          <>
            <div class="wrapd">
              <Error text={task.exception} failed={task.state === "FAILURE"} />
            </div>
            {task.payloadHidden && <div>The traceback is <Hidden /></div>}
            {!task.payloadHidden && task.exception && <Code text={task.exception} />}
          </>
        )}
      </div>
    </Panel>
  );
}

/** The door to those that failed in the same way. */
function Alike({ task }: { task: Story }) {
  const n = useAlike(task);
  if (!n) return null;
  return (
    <a class="link-b sm" href={link("/tasks", { q: alikeFilter(task), from: "now-1h", to: null })}>
      {count(n)} alike in the last hour
    </a>
  );
}
