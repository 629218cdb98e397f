// The side: whose Meadow it is, the pages, and the clusters with how well and how complete they are.
import type { Cluster } from "../services/clusters";
import { all, myself, scope } from "../state/field";
import { here, link } from "../state/location";
import { show } from "../state/over";
import { current, PAGES } from "../state/pages";
import { needing } from "../state/problems";
import { count, percent, THIN } from "../state/words";
import { Glyph, Icon } from "./glyphs";
import { MyMenu } from "./mymenu";
import { Option, Pop } from "./pop";
import { Said } from "./text";

export function Side() {
  const me = myself.value;
  return (
    <nav class="side" aria-label="Main">
      <Pop class="brand" title="Whose Meadow this is" width={240} face={<Brand tenant={me?.tenant ?? ""} />}>
        {() => (
          <>
            <div class="h">Tenant</div>
            <Option on act={() => undefined}>
              <Said text={me?.tenant ?? ""} />
            </Option>
            <hr />
            <div class="h">You see only tenants your sign-in names.</div>
          </>
        )}
      </Pop>
      <button type="button" class="find" onClick={() => show("palette")}>
        <Icon id="search" size={14} />
        <span class="grow">Search or run</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="nav">
        {PAGES.map((page) => (
          <a key={page.path} href={link(page.path)} aria-current={current(page.path) ? "page" : undefined}>
            <Icon id={page.icon} />
            <span>{page.words}</span>
            <Needing page={page.path} />
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

const Brand = ({ tenant }: { tenant: string }) => (
  <>
    <span class="mk">
      <Icon id="mark" size={20} />
    </span>
    <b class="cut grow">{tenant ? <Said text={tenant} /> : "Meadow"}</b>
    <span class="faint">
      <Icon id="down" size={14} />
    </span>
  </>
);

/** How much needs a look on a page. */
function Needing({ page }: { page: string }) {
  const found = needing.value.get(page);
  if (!found) return null;
  const glyph = found.critical ? <Glyph id="FAILURE" label="critical" /> : <Glyph id="WARN" tone="RETRY" label="warning" />;
  return (
    <span class="cnt" title={`${count(found.n)} ${found.n === 1 ? "problem" : "problems"}`}>
      {glyph}
      {count(found.n)}
    </span>
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
