// The tasks: a filter in the URL, a table of any length, what happens while one looks, and a peek at one.
import { signal, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { Problem } from "../api";
import { Answered, Empty, Failed, Loading } from "../parts/boxes";
import { BulkBar, revoke } from "../parts/bulkbar";
import { ColumnPicker } from "../parts/columnpicker";
import { FilterBar } from "../parts/filterbar";
import { Histogram, NoHistogram } from "../parts/histogram";
import { NoEvents, NoMatch, NotRead } from "../parts/notasks";
import { Peek } from "../parts/peek";
import { StateRow } from "../parts/staterow";
import { Missed, Newer, NotFollowed, TailButton } from "../parts/tail";
import { TaskGrid } from "../parts/taskgrid";
import { type Seen, StatusBar } from "../parts/taskstatus";
import type { Facets } from "../services/facets";
import { keyOf, type Task } from "../services/tasks";
import type { Asked } from "../state/asked";
import type { Short } from "../state/bands";
import { scope } from "../state/field";
import { go, put } from "../state/location";
import { taskPath } from "../state/pages";
import { Selection } from "../state/selection";
import { rowHeight } from "../state/size";
import { useTitle } from "../state/title";
import { useFacets } from "../state/usefacets";
import { useGaps } from "../state/usegaps";
import { toList, useListKeys } from "../state/uselistkeys";
import { useTaskList } from "../state/usetasklist";
import { useUsual } from "../state/useusual";
import { faultOf, viewed } from "../state/useview";

const AT_TOP_PX = 4;
const SCREEN_PX = 600; // until the table is measured

/** Key of the row the keys act on; who comes back from a task finds it again. */
const cursor = signal<string | null>(null);

export function Tasks(_: { id: string }) {
  useTitle("Tasks");
  const { text, sort, why, following, peek, columns, within, question, heed } = viewed();
  const seen = useRef<Seen>({ top: 0, height: SCREEN_PX });
  const drawn = useSignal(seen.current);
  const empty = useSignal(false);
  const { list, old, asked } = useTaskList(question, heed, following || (empty.value && why === ""), () => seen.current.top < AT_TOP_PX);
  const facets = useFacets(question);
  const usual = useUsual(facets.data !== null || facets.error !== null);
  const around = useMemo(() => ({ hidden: list.payloadHidden.value, usual }), [list.payloadHidden.value, usual]);
  const selection = useMemo(() => new Selection(), [list]);
  const rows = list.rows.value.items;
  const fault = faultOf(asked.error);
  const change = (q: string): void => put({ q, peek: null }, true);
  const openTask = (task: Task): void => go(taskPath(task));
  empty.value = list.begun.value && rows.length === 0;
  const gaps = useGaps(facets.data !== null, within.cluster);
  useListKeys({
    rows,
    cursor,
    peek,
    selection,
    screen: Math.max(1, Math.floor(seen.current.height / rowHeight()) - 2),
    open: openTask,
    tail: () => why === "" && put({ tail: following ? null : "1" }),
    revoke: () => revoke(selection),
  });
  const scrolled = (top: number, height: number): void => {
    seen.current = drawn.value = { top, height };
    if (top < AT_TOP_PX && list.held.value) list.show();
  };
  const grid = (
    <TaskGrid
      list={list}
      columns={columns}
      around={around}
      selection={selection}
      cursor={cursor}
      total={facets.data?.complete ? facets.data.total : null}
      sort={sort}
      point={(task) => ((cursor.value = keyOf(task)), put({ peek: task.id }))}
      open={openTask}
      scrolled={scrolled}
    />
  );
  return (
    <div class="page full">
      <h1 class="sr">Tasks</h1>
      <div class="bar top0">
        <FilterBar text={text} change={change} within={within} fault={fault} />
        <TailButton on={following} why={why} />
        <ColumnPicker columns={columns} />
      </div>
      <StateRow text={text} change={change} facets={facets.error ? null : facets.data} />
      <Counted asked={facets} quiet={fault !== null} gaps={gaps} />
      {list.waits.value && !asked.error && <NotFollowed why={list.waits.value} />}
      {list.missed.value && <Missed {...list.missed.value} read={() => ((list.missed.value = null), asked.again())} />}
      <div class="split">
        <div class="tgrid" aria-busy={old}>
          {fault ? <Unread /> : <Answered asked={asked} rows={12}>{() => (empty.value && old ? <Loading rows={12} /> : empty.value ? <None text={text} whole={list.complete.value} again={asked.again} /> : grid)}</Answered>}
          {list.held.value > 0 && <Newer held={list.held.value} />}
          {list.failed.value && <Failed asked={{ ...asked, error: list.failed.value, againAt: null }} />}
          <BulkBar selection={selection} total={facets.data?.complete ? facets.data.total : null} question={question} />
          <StatusBar list={list} seen={drawn} facets={facets.data} sort={sort} />
        </div>
        {peek !== null && <Peek key={peek} id={peek} cluster={clusterOf(rows, peek, cursor.value)} read={(one) => list.learn(one)} close={() => (put({ peek: null }), requestAnimationFrame(toList))} />}
      </div>
    </div>
  );
}

function None({ text, whole, again }: { text: string; whole: boolean; again: () => void }) {
  if (!whole) return <NotRead again={again} />;
  return text ? <NoMatch text={text} /> : <NoEvents />;
}

/** The strip over the table. An operation that is not there leaves no gap; one that fails says so. */
function Counted({ asked, quiet, gaps }: { asked: Asked<Facets>; quiet: boolean; gaps: readonly Short[] }) {
  if (quiet || (asked.error instanceof Problem && asked.error.status === 404)) return null;
  if (asked.error) return <div class="pad"><Failed asked={asked} /></div>;
  return asked.data?.histogram ? <Histogram births={asked.data.histogram} gaps={gaps} /> : <NoHistogram />;
}

const Unread = () => (
  <Empty title="The filter cannot be read">
    <p class="dim">What is underlined above is said there. Remove it, or write it anew.</p>
  </Empty>
);

/** The same id can be in several clusters: that of the row the keys are on, else of the first with the id. */
function clusterOf(rows: readonly Task[], id: string, cursor: string | null): string {
  const found = rows.filter((task) => task.id === id);
  return (found.find((task) => keyOf(task) === cursor) ?? found[0])?.cluster ?? scope.value ?? "";
}
