// The list a page shows: asked anew when the filter changes, and followed live when that is wanted.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Params } from "../api";
import { follow } from "../services/live";
import { tasks, type TaskPage } from "../services/tasks";
import { type Asked, useAsked } from "./asked";
import { heard, paused } from "./live";
import { Soon } from "./soon";
import { PAGE, TaskList } from "./tasklist";

interface Taken {
  key: string;
  page: TaskPage;
}

/** `heed` narrows what is heard live; `atTop` says whether new rows may be shown at once. */
export function useTaskList(params: Params, heed: Params, following: boolean, atTop: () => boolean): { list: TaskList; asked: Asked<Taken> } {
  const key = JSON.stringify(params);
  const list = useMemo(() => new TaskList(params), [key]);
  const asked = useAsked<Taken>(key, async (signal) => ({ key, page: await tasks({ ...params, limit: PAGE }, signal) }), null, true);
  const again = useRef(asked.again);
  again.current = asked.again;
  useEffect(() => {
    if (asked.data?.key === key) list.take(asked.data.page, atTop());
  }, [asked.data, list]);
  const on = following && !paused.value;
  useEffect(() => {
    if (!on) return;
    const soon = new Soon(() => again.current());
    soon.ask();
    const stop = follow(heed, {
      events: (items) => (heard(), list.hear(items), soon.ask()),
      missed: (rows, reason) => (list.miss(rows, reason), soon.ask()),
      position: heard,
      refused: (problem) => (list.failed.value = problem),
      waits: (why) => (list.waits.value = why),
    });
    return () => (stop(), soon.stop(), (list.waits.value = null));
  }, [on, list]);
  return { list, asked };
}
