// Names of tasks by what they cost: runs, failures, how long they ran, and all their time together.
import type { Trends } from "../services/trends";
import { written } from "../state/filter";
import { here, link, query } from "../state/location";
import { named, type NameOrder, type NameRow, ORDERS } from "../state/names";
import { Spark } from "./failing";
import { Count, Duration, Percent } from "./figures";
import { Panel } from "./panel";
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
      <div class="tw">
        <table class="t">
          <thead>
            <tr>
              <th>Task</th>
              <th class="r">Runs</th>
              <th class="r">Failed</th>
              <th class="r hide-s">Run p50</th>
              <th class="r">p95</th>
              <th class="r hide-s">p99</th>
              <th class="hide-s">Time spent</th>
              <th class="hide-m">Runs over time</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row) => (
              <Row key={row.name} row={row} most={most} />
            ))}
          </tbody>
        </table>
      </div>
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

function Row({ row, most }: { row: NameRow; most: number }) {
  const { totals, name, series } = row;
  const own = written("name", name);
  return (
    <tr>
      <td class="m cut whole">
        <a class="n" href={link("/tasks", { q: own })}>
          <Name name={name} />
        </a>
      </td>
      <td class="r">
        <a class="n" href={link("/tasks", { q: own })}>
          <Count n={totals.count} />
        </a>
      </td>
      <td class={`r ${(totals.failure_rate ?? 0) > FAILING ? "bad m" : ""}`}>
        <a class="n" href={link("/tasks", { q: `state:FAILURE ${own}` })}>
          <Percent share={totals.failure_rate} />
        </a>
      </td>
      <td class="r hide-s">
        <Duration s={totals.runtime_s.p50} />
      </td>
      <td class="r">
        <Duration s={totals.runtime_s.p95} />
      </td>
      <td class="r hide-s">
        <Duration s={totals.runtime_s.p99} />
      </td>
      <td class="hide-s">
        <span class="meter" style={{ "--p": String(((totals.spent_s ?? 0) / most) * 100) }}>
          <i />
          <span class="dim r">
            <Duration s={totals.spent_s} />
          </span>
        </span>
      </td>
      <td class="hide-m">
        <Spark values={series.points.map((point) => point.count ?? 0)} tone="QUIET" wide={120} />
      </td>
    </tr>
  );
}
