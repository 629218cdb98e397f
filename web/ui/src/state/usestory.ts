// The story of one task, told again whenever the stream says something about it, and until its events are all there.
import { useEffect, useRef } from "preact/hooks";
import type { One } from "../services/read";
import { story, type Story } from "../services/story";
import { type Asked, useAsked } from "./asked";
import { paused } from "./live";
import { useStream } from "./usestream";

const FOLLOW_MS = 1500; // a task is shown at once, its events are kept with the next batch: some seconds later
const YOUNG_MS = 60_000; // what is missing of an older task does not come

export function useStory(id: string, cluster: string, live: boolean): Asked<One<Story>> {
  const asked = useAsked(`${cluster} ${id}`, (signal) => story(id, cluster, signal), null, true);
  const again = useRef(asked.again);
  again.current = asked.again;
  const on = live && !paused.value;
  useStream({ task_id: id, cluster }, on, asked.again);
  const lacking = asked.data !== null && !whole(asked.data.item);
  useEffect(() => {
    if (!lacking || !on) return;
    const timer = setTimeout(() => again.current(), FOLLOW_MS);
    return () => clearTimeout(timer);
  }, [lacking, on, asked.at]);
  return asked;
}

function whole(task: Story): boolean {
  const last = Math.max(...[task.sent_at, task.received_at, task.started_at, task.finished_at].map((at) => at ?? 0));
  return task.events_complete !== false || Date.now() - last > YOUNG_MS;
}
