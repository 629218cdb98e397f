// Clusters: workers, events, lag, completeness, and what was left out and why.
import type { Cluster } from "../services/clusters";
import { here, link } from "../state/location";
import { count } from "../state/words";
import { Count, Duration, Percent } from "./figures";
import { ClusterGlyph } from "./side";
import { type Column, Table } from "./table";
import { Said, visible } from "./text";

const tone = (n: number | null): string => (n ? "warn m" : "dim");

const COLUMNS: readonly Column<Cluster>[] = [
  {
    words: "Cluster",
    class: "cut name",
    cell: (each) => (
      <>
        <a class="row m" href={here({ cluster: each.slug })}>
          <ClusterGlyph cluster={each} />
          <Said class="cut" text={each.slug} />
        </a>
        {each.problem && <div class="sm bad cut">{visible(each.problem.slice(0, 300))}</div>}
      </>
    ),
  },
  { words: "Broker", class: "dim hide-s cut broker", cell: (each) => <Said text={each.broker} /> },
  {
    words: "Workers",
    class: "r",
    cell: (each) => (
      <a class="n" href={link("/workers", { cluster: each.slug })}>
        <Count n={each.workers_online} />
        {each.workers_online !== null && <span class="faint"> of {count(each.workers_online + (each.workers_silent ?? 0))}</span>}
      </a>
    ),
  },
  { words: "Events/s", class: "r hide-s", cell: (each) => <Count n={each.events_per_s} digits={1} /> },
  {
    words: "Complete",
    class: "r",
    tone: (each) => ((each.completeness.share ?? 1) < 1 ? "warn m" : ""),
    cell: (each) => (
      <span title={`${count(each.completeness.seen)} seen of ${count(each.completeness.known)} known`}>
        <Percent share={each.completeness.share} />
      </span>
    ),
  },
  { words: "Behind", class: "r hide-s", cell: (each) => <Duration s={each.lag_s} /> },
  {
    words: "Dropped",
    class: "r hide-s",
    tone: (each) => tone(each.drops.length),
    cell: (each) => (
      <span title={each.drops.map(([reason, n]) => `${visible(reason)}: ${count(n)}`).join("\n")}>
        <Count n={each.drops.reduce((sum, [, n]) => sum + n, 0)} />
        {each.drops[0] && <span class="sm"> {visible(each.drops[0][0].slice(0, 40))}</span>}
      </span>
    ),
  },
  { words: "Dead letters", class: "r hide-s", tone: (each) => tone(each.dead_letters), cell: (each) => <Count n={each.dead_letters} /> },
  { words: "Gaps", class: "r hide-s", tone: (each) => tone(each.gaps), cell: (each) => <Count n={each.gaps} /> },
];

export const ClusterTable = ({ clusters }: { clusters: readonly Cluster[] }) => <Table columns={COLUMNS} rows={clusters} keyOf={(each) => each.slug} />;
