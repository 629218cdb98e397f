// Names of tasks by what they cost: runs, failures, how long they ran, and all their time together.
import type { ComponentChildren } from "preact";
import type { Trends } from "../services/trends";
import { written } from "../state/filter";
import { here, link, query } from "../state/location";
import { named, type NameOrder, type NameRow, ORDERS } from "../state/names";
import { Spark } from "./failing";
import { Count, Duration, Percent } from "./figures";
import { Panel } from "./panel";
import { type Column, Table } from "./table";
import { Name } from "./text";

const SHOWN = 12;
const FAILING = 0.02; // from this share on the figure is red
const WORDS: Readonly<Record<NameOrder, string>> = { time: "Time spent", runs: "Runs", failed: "Failed" };

export function NamesTable({ trends }: { trends: Trends }) {
  const by = ORDERS.find((each) => each === query.value.get("by")) ?? "time";
  const rows = named(trends.items, by);
  if (!rows.length) return null;
  const most = Math.max(...rows.map((row) => row.totals.spent_s ?? 0), 1e-9);
  return (
    <Panel title="Task names" note={`${rows.length} ran in this range`} right={<Order by={by} />}>
      <Table columns={columns(most)} rows={rows.slice(0, SHOWN)} keyOf={(row) => row.name} />
    </Panel>
  );
}

const Order = ({ by }: { by: NameOrder }) => (
  <div class="seg" role="group" aria-label="Order">
    {ORDERS.map((each) => (
      <a key={each} href={here({ by: each === "time" ? null : each })} aria-current={by === each ? "true" : undefined}>
        {WORDS[each]}
      </a>
    ))}
  </div>
);

const own = (row: NameRow): string => written("name", row.name);
const door = (q: string, shown: ComponentChildren) => (
  <a class="n" href={link("/tasks", { q })}>
    {shown}
  </a>
);

/** `most`: the longest time any of them took together. */
const columns = (most: number): Column<NameRow>[] => [
  { words: "Task", class: "m cut whole", cell: (row) => door(own(row), <Name name={row.name} />) },
  { words: "Runs", class: "r", cell: (row) => door(own(row), <Count n={row.totals.count} />) },
  { words: "Failed", class: "r", tone: (row) => ((row.totals.failure_rate ?? 0) > FAILING ? "bad m" : ""), cell: (row) => door(`state:FAILURE ${own(row)}`, <Percent share={row.totals.failure_rate} />) },
  { words: "Run p50", class: "r hide-s", cell: (row) => <Duration s={row.totals.runtime_s.p50} /> },
  { words: "p95", class: "r", cell: (row) => <Duration s={row.totals.runtime_s.p95} /> },
  { words: "p99", class: "r hide-s", cell: (row) => <Duration s={row.totals.runtime_s.p99} /> },
  { words: "Time spent", class: "hide-s", cell: (row) => <Meter s={row.totals.spent_s} most={most} /> },
  { words: "Runs over time", class: "hide-m", cell: (row) => <Spark values={row.series.points.map((point) => point.count ?? 0)} tone="QUIET" wide={120} /> },
];

const Meter = ({ s, most }: { s: number | null; most: number }) => (
  <span class="meter" style={{ "--p": String(((s ?? 0) / most) * 100) }}>
    <i />
    <span class="dim r">
      <Duration s={s} />
    </span>
  </span>
);
