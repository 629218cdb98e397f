// Clusters: workers, events, lag, completeness, and what was left out and why.
import type { Cluster } from "../services/clusters";
import { here, link } from "../state/location";
import { count } from "../state/words";
import { Count, Duration, Percent } from "./figures";
import { ClusterGlyph } from "./side";
import { Said, visible } from "./text";

export function ClusterTable({ clusters }: { clusters: readonly Cluster[] }) {
  return (
    <div class="tw">
      <table class="t">
        <thead>
          <tr>
            <th>Cluster</th>
            <th class="hide-s">Broker</th>
            <th class="r">Workers</th>
            <th class="r hide-s">Events/s</th>
            <th class="r">Complete</th>
            <th class="r hide-s">Behind</th>
            <th class="r hide-s">Dropped</th>
            <th class="r hide-s">Dead letters</th>
            <th class="r hide-s">Gaps</th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((each) => (
            <Row key={each.slug} cluster={each} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ cluster }: { cluster: Cluster }) {
  const { share, seen, known } = cluster.completeness;
  const tone = (n: number | null): string => (n ? "r hide-s warn m" : "r hide-s dim");
  const workers = cluster.workers_online === null ? null : cluster.workers_online + (cluster.workers_silent ?? 0);
  return (
    <tr>
      <td class="cut name">
        <a class="row m" href={here({ cluster: cluster.slug })}>
          <ClusterGlyph cluster={cluster} />
          <Said class="cut" text={cluster.slug} />
        </a>
        {cluster.problem && <div class="sm bad cut">{visible(cluster.problem.slice(0, 300))}</div>}
      </td>
      <td class="dim hide-s cut broker">
        <Said text={cluster.broker} />
      </td>
      <td class="r">
        <a class="n" href={link("/workers", { cluster: cluster.slug })}>
          <Count n={cluster.workers_online} />
          {workers !== null && <span class="faint"> of {count(workers)}</span>}
        </a>
      </td>
      <td class="r hide-s">
        <Count n={cluster.events_per_s} digits={1} />
      </td>
      <td class={`r ${share !== null && share < 1 ? "warn m" : ""}`} title={`${count(seen)} seen of ${count(known)} known`}>
        <Percent share={share} />
      </td>
      <td class="r hide-s">
        <Duration s={cluster.lag_s} />
      </td>
      <td class={tone(cluster.drops.length)} title={cluster.drops.map(([reason, n]) => `${visible(reason)}: ${count(n)}`).join("\n")}>
        <Count n={cluster.drops.reduce((sum, [, n]) => sum + n, 0)} />
        {cluster.drops[0] && <span class="sm"> {visible(cluster.drops[0][0].slice(0, 40))}</span>}
      </td>
      <td class={tone(cluster.dead_letters)}>
        <Count n={cluster.dead_letters} />
      </td>
      <td class={tone(cluster.gaps)}>
        <Count n={cluster.gaps} />
      </td>
    </tr>
  );
}
