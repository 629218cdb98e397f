// The side: whose Meadow it is, the pages, and the clusters with how well and how complete they are.
import type { Cluster } from "../services/clusters";
import { all, myself, scope } from "../state/field";
import { here, link } from "../state/location";
import { percent, THIN } from "../state/words";
import { Glyph, Icon } from "./glyphs";
import { MyMenu } from "./mymenu";
import { Pop } from "./pop";
import { current, PAGES } from "./shell";
import { Said } from "./text";

export function Side() {
  const me = myself.value;
  return (
    <nav class="side" aria-label="Main">
      <a class="brand" href={link("/")}>
        <span class="mk">
          <Icon id="mark" size={20} />
        </span>
        <b class="cut">{me?.tenant ? <Said text={me.tenant} /> : "Meadow"}</b>
      </a>
      <div class="nav">
        {PAGES.map(([to, words, icon]) => (
          <a key={to} href={link(to)} aria-current={current(to) ? "page" : undefined}>
            <Icon id={icon} />
            <span>{words}</span>
          </a>
        ))}
      </div>
      <div class="nav-h">
        <span>Clusters</span>
        <span>complete</span>
      </div>
      <div class="nav">
        <a href={here({ cluster: null })} aria-current={scope.value ? undefined : "true"}>
          <span class="slot" />
          All clusters
        </a>
        {(all.value.data ?? []).map((each) => (
          <ClusterLink key={each.slug} cluster={each} />
        ))}
      </div>
      <div class="foot nav">
        <Pop class="me" face={<><span class="initial">{me?.subject.slice(0, 1).toUpperCase() ?? ""}</span><span class="cut">{me ? <Said text={me.subject} /> : "…"}</span></>}>
          {(close) => <MyMenu close={close} />}
        </Pop>
      </div>
    </nav>
  );
}

function ClusterLink({ cluster }: { cluster: Cluster }) {
  const share = cluster.completeness.share;
  return (
    <a href={here({ cluster: cluster.slug })} aria-current={scope.value === cluster.slug ? "true" : undefined}>
      <span class="slot">
        <ClusterGlyph cluster={cluster} />
      </span>
      <span class="cut">
        <Said text={cluster.slug} />
      </span>
      <span class={`cnt ${share !== null && share < 1 ? "warn" : ""}`} title={share === null ? "completeness unknown" : undefined}>
        {percent(share)}
        {share !== null && `${THIN}%`}
      </span>
    </a>
  );
}

/** Well, not connected, in trouble, or not known. */
export function ClusterGlyph({ cluster }: { cluster: Cluster }) {
  if (cluster.connected === false || cluster.problem) return <Glyph id="FAILURE" label={cluster.problem || "not connected"} />;
  const share = cluster.completeness.share;
  if (share !== null && share < 1) return <Glyph id="WARN" tone="RETRY" label="incomplete" />;
  if (cluster.connected === null) return <Glyph id="LOST" tone="QUIET" label="state unknown" />;
  return <Glyph id="ON" tone="SUCCESS" label="well" />;
}
