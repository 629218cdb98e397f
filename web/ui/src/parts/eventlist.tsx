// Every event of a task, in the order its senders say, each with what it said word for word.
import type { TaskEvent } from "../services/events";
import { text } from "../services/read";
import { put, query } from "../state/location";
import { zone } from "../state/prefs";
import { durationText, full } from "../state/words";
import { Clock } from "./figures";
import { Glyph } from "./glyphs";
import { Facts } from "./panel";
import { Code, Said, visible } from "./text";

const LOOKS: Readonly<Record<string, readonly [glyph: string, words: string]>> = {
  "task-sent": ["SENT", "sent"],
  "task-received": ["RECEIVED", "received"],
  "task-started": ["STARTED", "started"],
  "task-succeeded": ["SUCCESS", "succeeded"],
  "task-failed": ["FAILURE", "failed"],
  "task-retried": ["RETRY", "retried"],
  "task-revoked": ["REVOKED", "revoked"],
  "task-rejected": ["REJECTED", "rejected"],
  "meadow-lost": ["LOST", "lost, says Meadow"],
  "meadow-command-asked": ["RECEIVED", "command asked"],
  "meadow-command-answered": ["SUCCESS", "command answered"],
};

const SHOWN = 500;

export function EventList({ events }: { events: readonly TaskEvent[] }) {
  return (
    <div>
      {events.slice(0, SHOWN).map((event, k) => (
        <Row key={`${event.id} ${k}`} event={event} />
      ))}
      {events.length > SHOWN && <p class="body dim">{events.length - SHOWN} more are at /api/v1/tasks/…/events.</p>}
    </div>
  );
}

/** The address names the one that is open. */
function Row({ event }: { event: TaskEvent }) {
  const open = query.value.get("event") === event.id;
  const turned = (now: boolean): void => {
    if (now !== open) put({ event: now ? event.id : null });
  };
  const [glyph, words] = LOOKS[event.type] ?? ["STARTED", event.type];
  const marked = Object.keys(event.marks).length > 0;
  return (
    <details class="raw" open={open} onToggle={(toggled) => turned(toggled.currentTarget.open)}>
      <summary class="ev">
        <span class="dim">
          <Clock at={event.at} ms />
        </span>
        <Glyph id={glyph} tone={glyph === "REJECTED" ? "REVOKED" : glyph} />
        <span class="m cut">{visible(words.slice(0, 80))}</span>
        <span class="dim cut">
          <Said text={summary(event)} />
        </span>
        <span class="faint sm">{marked ? "shortened" : ""}</span>
      </summary>
      {open && (
        <div class="rawbody">
          <Facts
            facts={[
              ["Type", <Said text={event.type} />],
              ["Said at", full(event.at, zone.value)],
              ["Taken at", `${full(event.received_at, zone.value)}${apart(event)}`],
              ["By", <>{visible(event.hostname)}, pid {event.pid ?? "unknown"}, clock {event.clock ?? "unknown"}</>],
              ...(marked ? ([["Changed by Meadow", <span class="red">{visible(JSON.stringify(event.marks))}</span>]] as const) : []),
            ]}
          />
          <Code text={JSON.stringify(event.fields, null, 2)} />
        </div>
      )}
    </details>
  );
}

function apart(event: TaskEvent): string {
  if (event.at === null || event.received_at === null) return "";
  const s = (event.received_at - event.at) / 1000;
  return s >= 0 ? `, ${durationText(s)} after it was said` : `, ${durationText(-s)} before it was said: its clock is ahead`;
}

function summary(event: TaskEvent): string {
  const said = (name: string): string => text(event.fields[name]);
  if (event.type === "task-sent") return `by ${event.hostname}${said("queue") ? ` to ${said("queue")}` : ""}`;
  if (event.type === "task-failed" || event.type === "task-retried") return said("exception") || `by ${event.hostname}`;
  if (event.type === "task-succeeded") return `by ${event.hostname}${said("result") ? `, returned ${said("result")}` : ""}`;
  return event.hostname && `by ${event.hostname}`;
}
