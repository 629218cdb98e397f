// What is wrong now, worst first: a sentence, its cause, its age, and a door to the list behind it.
import type { Trouble } from "../services/problems";
import { here } from "../state/location";
import { behind, troubles } from "../state/problems";
import { count } from "../state/words";
import { Failed } from "./boxes";
import { Ago } from "./figures";
import { Glyph } from "./glyphs";
import { Panel } from "./panel";
import { Said, visible } from "./text";

const LOOKS: Readonly<Record<string, readonly [glyph: string, door: string]>> = {
  failing: ["FAILURE", "failed"],
  slow: ["SCHEDULED", "slow"],
  backlog: ["UP", "waiting"],
  lost: ["LOST", "lost"],
  stuck: ["STUCK", "running"],
  silent_worker: ["WARN", "held"],
  incomplete: ["GAP", "unseen"],
  not_connected: ["OFF", ""],
  lag: ["SCHEDULED", ""],
  no_events: ["GAP", ""],
};

export function Wrong() {
  const { data, error } = troubles.value;
  if (!data && !error) return null;
  const n = data?.length ?? 0;
  return (
    <Panel class="lined" title="Wrong now" note={n > 1 ? `${count(n)} things, worst first` : n ? "1 thing" : ""}>
      {error && (
        <div class="pad">
          <Failed asked={troubles.value} />
        </div>
      )}
      <div class="probs">
        {data?.map((each) => <Row key={each.id} trouble={each} />)}
        {data && !n && !error && (
          <div class="prob">
            <Glyph id="SUCCESS" />
            <span class="dim">Nothing.</span>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Row({ trouble }: { trouble: Trouble }) {
  const [glyph, word] = LOOKS[trouble.kind] ?? ["WARN", ""];
  const to = behind(trouble);
  return (
    <div class="prob">
      <Glyph id={glyph} tone={trouble.severity === "critical" ? "FAILURE" : glyph === "LOST" ? "LOST" : "RETRY"} label={trouble.severity} />
      <a class="what" href={to} title={[trouble.text, trouble.cause].filter(Boolean).join(" ")}>
        <Sentence text={trouble.text} subject={trouble.subject} /> {trouble.cause && <span class="why">{visible(trouble.cause.slice(0, 300))}</span>}
      </a>
      <a class="chip cut" href={here({ cluster: trouble.cluster })}>
        <Said text={trouble.cluster} />
      </a>
      <span class="dim r">{trouble.since !== null && <Ago at={trouble.since} />}</span>
      <a class="link-b r nw" href={to}>
        {trouble.count === null ? "look" : [count(trouble.count), word].filter(Boolean).join(" ")}
      </a>
    </div>
  );
}

/** Its subject stands out. */
function Sentence({ text, subject }: { text: string; subject: string }) {
  const found = subject ? ` ${text}`.indexOf(` ${subject}`) : -1;
  const [at, end] = found < 0 ? [0, 0] : [found, found + subject.length];
  return (
    <bdi>
      {visible(text.slice(0, at))}
      <b>{visible(text.slice(at, end))}</b>
      {visible(text.slice(end, end + 300))}
    </bdi>
  );
}
