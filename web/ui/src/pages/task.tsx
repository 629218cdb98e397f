// One task: how it went, what it said, whose child it is, and what can be done about it.
import { CommandsAbout, Family, Rest } from "../parts/about";
import { Answered, Failed } from "../parts/boxes";
import { EventList } from "../parts/eventlist";
import { Failure } from "../parts/failure";
import { Gantt, GanttLegend } from "../parts/gantt";
import { LastRuns } from "../parts/lastruns";
import { Panel } from "../parts/panel";
import { Arguments, Result } from "../parts/payload";
import { StoryHead } from "../parts/storyhead";
import { Said } from "../parts/text";
import { Problem } from "../api";
import type { Story } from "../services/story";
import { useUsualRun } from "../state/alike";
import { query } from "../state/location";
import { useTitle } from "../state/title";
import { useStory } from "../state/usestory";
import { count } from "../state/words";

export function TaskPage({ id }: { id: string }) {
  const cluster = query.value.get("in") ?? query.value.get("cluster") ?? "";
  const asked = useStory(id, cluster, true);
  useTitle(asked.data?.item.name || id, { path: "/tasks", words: "Tasks" });
  if (asked.error instanceof Problem && asked.error.status === 404) return <Gone id={id} asked={asked} />;
  return (
    <div class="page">
      <Answered asked={asked} rows={12}>
        {({ item }) => <Told task={item} again={asked.again} />}
      </Answered>
    </div>
  );
}

function Gone({ id, asked }: { id: string; asked: Parameters<typeof Failed>[0]["asked"] }) {
  return (
    <div class="page">
      <h1 class="sr">Task not found</h1>
      <Failed asked={asked} />
      <p class="dim">
        No event about <Said class="mono" text={id} /> is stored. It may be older than what is kept, or not have been said yet.
      </p>
    </div>
  );
}

function Told({ task, again }: { task: Story; again: () => void }) {
  const failed = task.exception || task.traceback;
  const usual_s = useUsualRun(task);
  return (
    <>
      <StoryHead task={task} again={again} />
      <Panel title="Attempts" note={task.attempts.length ? count(task.attempts.length) : "not known one by one"} right={<GanttLegend />}>
        <div class="body">
          <Gantt task={task} usual_s={usual_s} />
        </div>
      </Panel>
      <div class="grid">
        <div class="c8 col wide">
          {failed && <Failure task={task} />}
          <Arguments task={task} />
          <Result task={task} />
          <Panel class="lined" title="Events" note={task.events_complete === false ? `${count(task.events.length)}, more are known` : `${count(task.events.length)}, all that was said about this task`}>
            <EventList events={task.events} />
          </Panel>
        </div>
        <div class="c4 col wide">
          <Family task={task} />
          <LastRuns task={task} />
          <CommandsAbout commands={task.commands} />
          <Rest task={task} />
        </div>
      </div>
    </>
  );
}
