// Is this everything, and is it now? The completeness of what is seen and the state of the picture, at the top of every page.
import type { Cluster } from "../services/clusters";
import { all, behindS, inScope, least } from "../state/field";
import { asked, hidden, paused, pausedAt, STALE_AFTER_S, staleS, toggle } from "../state/live";
import { zone } from "../state/prefs";
import { clock, count, THIN } from "../state/words";
import { Incomplete } from "./boxes";
import { Count, Duration, Percent } from "./figures";
import { Glyph } from "./glyphs";
import { Pop } from "./pop";
import { Said } from "./text";

export function Truth() {
  const short = least.value;
  const unknown = inScope.value.every((each) => each.completeness.share === null);
  if (!inScope.value.length) return null;
  const face = short ? (
    <Incomplete share={short.completeness.share} slug={short.slug} />
  ) : unknown ? (
    <span class="faint">completeness unknown</span>
  ) : (
    <>
      <Glyph id="SUCCESS" />
      <span class="dim">100{THIN}%</span>
    </>
  );
  return (
    <Pop class="btn ghost hide-s" face={face} width={400} title="Is this everything?">
      {() => <Everything />}
    </Pop>
  );
}

function Everything() {
  return (
    <>
      <div class="say">
        <b>Is this everything?</b>
        <p class="dim sm">Tasks that were seen, against what the workers’ heartbeats say they processed.</p>
      </div>
      <table class="t">
        <thead>
          <tr>
            <th>Cluster</th>
            <th class="r">Complete</th>
            <th class="r">Seen of known</th>
            <th class="r">Behind</th>
          </tr>
        </thead>
        <tbody>
          {inScope.value.map((each) => (
            <Row key={each.slug} cluster={each} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ cluster }: { cluster: Cluster }) {
  const { seen, known, share } = cluster.completeness;
  return (
    <tr>
      <td class="m cut">
        <Said text={cluster.slug} />
      </td>
      <td class={`r ${share !== null && share < 1 ? "warn m" : ""}`}>
        <Percent share={share} />
      </td>
      <td class="r dim">
        <Count n={seen} /> of <Count n={known} />
      </td>
      <td class="r dim">
        <Duration s={cluster.lag_s} />
      </td>
    </tr>
  );
}

/** "Live 0.6 s behind", "Paused at 11:42:18", "Stale, from 11:42:18, trying again", "Stale, 41 s behind". */
export function LiveState() {
  const [tone, word, more] = said();
  return (
    <button type="button" class={`live ${tone} btn ghost`} aria-pressed={!paused.value} aria-label={`${word} ${more}`} title="Pause or follow (L)" onClick={toggle}>
      <i />
      <span class="hide-s">{word}</span> <span class="faint hide-s">{more}</span>
    </button>
  );
}

function said(): [tone: string, word: string, more: string] {
  if (asked.value) return ["paused", "Paused", pausedAt.value ? `at ${clock(pausedAt.value, zone.value)}` : ""];
  if (hidden.value) return ["paused", "Paused", "while out of sight"];
  if (staleS.value !== null) return ["stale", "Stale,", `no news for ${count(staleS.value)}${THIN}s, reconnecting`];
  if (all.value.error) return ["stale", "Stale,", all.value.at ? `from ${clock(all.value.at, zone.value)}, trying again` : "trying again"];
  const behind = behindS.value;
  if (behind !== null && behind >= STALE_AFTER_S) return ["stale", "Stale,", `${count(behind)}${THIN}s behind`];
  return ["", "Live", behind === null ? "" : `${count(behind, 1)}${THIN}s behind`];
}
