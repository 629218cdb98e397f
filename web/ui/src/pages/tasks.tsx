// The tasks: a filter in the URL, a table of any length, what happens while one looks, and a peek at one.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Params } from "../api";
import { Answered, Cut, Incomplete } from "../parts/boxes";
import { FilterBar } from "../parts/filterbar";
import { NoEvents, NoMatch } from "../parts/notasks";
import { Peek } from "../parts/peek";
import { StateRow } from "../parts/staterow";
import { fitting } from "../parts/taskcells";
import { Position, rowHeight, TaskGrid } from "../parts/taskgrid";
import { Failed } from "../parts/boxes";
import { keyOf, type Task } from "../services/tasks";
import { least, scope } from "../state/field";
import { params as filterParams } from "../state/filter";
import { useKeys } from "../state/keys";
import { go, link, put, query } from "../state/location";
import { from, open, to } from "../state/range";
import { wide } from "../state/size";
import { useTitle } from "../state/title";
import { useTaskList } from "../state/usetasklist";
import { count } from "../state/words";

export const taskPath = (task: { id: string; cluster: string }): string => link(`/tasks/${encodeURIComponent(task.id)}`, { in: task.cluster });

const AT_TOP_PX = 4;

export function Tasks(_: { id: string }) {
  useTitle("Tasks");
  const text = query.value.get("q") ?? "";
  const following = query.value.get("tail") === "1" && open.value;
  const asking = questionOf(text);
  const scroller = useRef(0);
  const top = useSignal(0);
  const { list, asked } = useTaskList(asking, following, () => scroller.current < AT_TOP_PX);
  const rows = list.rows.value.items;
  const peek = query.value.get("peek");
  const cursor = useSignal<string | null>(null);
  const peeked = peek === null ? null : (rows.find((task) => keyOf(task) === cursor.value && task.id === peek) ?? rows.find((task) => task.id === peek) ?? null);
  const change = (q: string): void => put({ q, peek: null }, true);
  const point = (task: Task): void => {
    cursor.value = keyOf(task);
    put({ peek: task.id });
  };
  const openTask = (task: Task): void => go(taskPath(task));
  useListKeys({ rows, cursor, peek, open: openTask, tail: () => put({ tail: following ? null : "1" }) });
  const empty = list.begun.value && rows.length === 0;
  return (
    <div class="page full">
      <h1 class="sr">Tasks</h1>
      <div class="bar">
        <FilterBar text={text} change={change} seen={seenIn(rows)} />
        <button
          type="button"
          class="btn"
          aria-pressed={following}
          disabled={!open.value}
          title={open.value ? "Rows arrive as they happen (L)" : "needs a range that ends now"}
          onClick={() => put({ tail: following ? null : "1" })}
        >
          <span class={following ? "live" : "live paused"}>
            <i />
          </span>
          <span class="hide-s">Tail</span>
        </button>
      </div>
      <StateRow text={text} change={change} />
      {list.missed.value && <Missed rows={list.missed.value.rows} reason={list.missed.value.reason} again={() => ((list.missed.value = null), asked.again())} />}
      <div class="split">
        <div class="tgrid">
          <Answered asked={asked} rows={12}>
            {() =>
              empty ? (
                text || asking.cluster ? (
                  <NoMatch text={text} />
                ) : (
                  <NoEvents />
                )
              ) : (
                <TaskGrid
                  list={list}
                  columns={fitting(wide.value, peek !== null, scope.value !== null)}
                  cursor={cursor.value}
                  point={point}
                  open={openTask}
                  scrolled={(y) => {
                    scroller.current = y;
                    top.value = y;
                    if (y < AT_TOP_PX && list.held.value) list.show();
                  }}
                />
              )
            }
          </Answered>
          {list.held.value > 0 && <Newer held={list.held.value} />}
          <div class="statusbar">
            <Position list={list} top={top.value} high={innerHeight - 220} />
            <span class="hide-s">newest first</span>
            {list.complete.value ? <Incomplete share={least.value?.completeness.share ?? null} /> : <Cut />}
            {list.full && <span class="warn">more rows: narrow the range</span>}
            <span class="grow" />
            <Hints />
          </div>
          {list.failed.value && <Failed asked={{ ...asked, error: list.failed.value, againAt: null }} />}
        </div>
        {peek !== null && <Peek key={peek} id={peek} cluster={peeked?.cluster ?? scope.value ?? ""} close={() => put({ peek: null })} />}
      </div>
    </div>
  );
}

function questionOf(text: string): Params {
  const asked = filterParams(text);
  return { ...asked, cluster: asked.cluster ?? scope.value, from: from.value, to: to.value, sort: "newest" };
}

/** Values to complete with, from the rows that are here. */
function seenIn(rows: readonly Task[]): Record<string, string[]> {
  const some = rows.slice(0, 500);
  const unique = (of: (task: Task) => string): string[] => [...new Set(some.map(of).filter(Boolean))].sort();
  return { name: unique((task) => task.name), queue: unique((task) => task.queue), worker: unique((task) => task.worker) };
}

function Missed({ rows, reason, again }: { rows: number | null; reason: string; again: () => void }) {
  return (
    <div class="banner w" role="status">
      <div class="grow">
        <b>{rows === null ? "You missed some rows" : `You missed ${count(rows)} rows`}</b> <span class="dim">{reason}</span>
      </div>
      <button type="button" class="btn" onClick={again}>
        Read them
      </button>
    </div>
  );
}

function Newer({ held }: { held: number }) {
  const up = (): void => {
    const grid = document.getElementById("tasks");
    if (grid) grid.scrollTop = 0;
  };
  return (
    <button type="button" class="btn newer" onClick={up}>
      {count(held)} newer
    </button>
  );
}

const Hints = () => (
  <>
    {[["J", "down"], ["K", "up"], ["Space", "peek"], ["Enter", "open"], ["L", "tail"]].map(([key, words]) => (
      <span class="keys" key={key}>
        <kbd>{key}</kbd>
        {words}
      </span>
    ))}
  </>
);

interface ListKeys {
  rows: readonly Task[];
  cursor: { value: string | null };
  peek: string | null;
  open: (task: Task) => void;
  tail: () => void;
}

function useListKeys({ rows, cursor, peek, open: openTask, tail }: ListKeys): void {
  const at = rows.findIndex((task) => keyOf(task) === cursor.value);
  const move = (by: number) => (event: KeyboardEvent): void => {
    event.preventDefault();
    const task = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (by > 0 ? by - 1 : 0) : at + by))];
    if (!task) return;
    cursor.value = keyOf(task);
    if (peek !== null) put({ peek: task.id });
  };
  const page = Math.max(1, Math.floor((innerHeight - 260) / rowHeight()));
  const current = rows[at];
  useKeys({
    j: move(1),
    ArrowDown: move(1),
    k: move(-1),
    ArrowUp: move(-1),
    PageDown: move(page),
    PageUp: move(-page),
    Home: move(-rows.length),
    End: move(rows.length),
    " ": (event) => {
      if (event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      put({ peek: peek !== null ? null : (current?.id ?? null) });
    },
    Enter: (event) => {
      if (current && !(event.target instanceof HTMLElement && event.target.closest("a, button"))) openTask(current);
    },
    Escape: () => peek !== null && put({ peek: null }),
    "/": (event) => (event.preventDefault(), document.getElementById("filter")?.focus()),
    l: tail,
  });
}
