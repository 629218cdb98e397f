// The list a page shows: asked anew when the filter changes, and followed live when that is wanted.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Params } from "../api";
import { tasks, type TaskPage } from "../services/tasks";
import { type Asked, useAsked } from "./asked";
import { PAGE, TaskList } from "./tasklist";
import { useStream } from "./usestream";

interface Taken {
  key: string;
  page: TaskPage;
}

interface Listed {
  /** Of the question before while `old`: its answer stays until the next one is here. */
  list: TaskList;
  old: boolean;
  asked: Asked<Taken>;
}

/** `heed` narrows what is heard live; `atTop` says whether new rows may be shown at once. */
export function useTaskList(params: Params, heed: Params, following: boolean, atTop: () => boolean): Listed {
  const key = JSON.stringify(params);
  const list = useMemo(() => new TaskList(params), [key]);
  const shown = useRef(list);
  const asked = useAsked<Taken>(key, async (signal) => ({ key, page: await tasks({ ...params, limit: PAGE }, signal) }), null);
  useEffect(() => {
    if (asked.data?.key === key) list.take(asked.data.page, atTop());
  }, [asked.data, list]);
  useEffect(() => {
    if (following) asked.again();
  }, [following]);
  useStream(heed, following, asked.again, {
    events: (items) => list.hear(items),
    missed: (rows, reason) => list.miss(rows, reason),
    refused: (problem) => (list.failed.value = problem),
    waits: (why) => (list.waits.value = why),
  });
  if (list.begun.value) shown.current = list;
  return { list: shown.current, old: shown.current !== list, asked };
}
