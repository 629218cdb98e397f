// Commands, newest first; one of them open, with what each worker answered.
import { Fragment } from "preact";
import type { Command } from "../services/commands";
import { text, texts } from "../services/read";
import { link } from "../state/location";
import { zone } from "../state/prefs";
import { good, outcome, refusals, replied, unanswered } from "../state/outcome";
import { count, durationText, full } from "../state/words";
import { Clock } from "./figures";
import { Glyph, State } from "./glyphs";
import { Code, Said, visible } from "./text";

interface TableProps {
  commands: readonly Command[];
  /** Id of the one that is open. */
  open: string | null;
  cursor: string | null;
  toggle: (id: string) => void;
}

export function CommandTable({ commands, open, cursor, toggle }: TableProps) {
  return (
    <div class="tw">
      <table class="t two">
        <thead>
          <tr>
            <th>When</th>
            <th>Command and reason</th>
            <th>Outcome</th>
            <th class="hide-s">Who</th>
            <th class="hide-s">To</th>
            <th class="hide-m">Cluster</th>
            <th class="r hide-s">Answered</th>
            <th class="hide-s">Silent</th>
          </tr>
        </thead>
        <tbody>
          {commands.map((each, k) => (
            <Fragment key={each.id}>
              <Row command={each} at={k} open={each.id === open} current={each.id === cursor} toggle={() => toggle(each.id)} />
              {each.id === open && <Opened command={each} />}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Worse first: nobody, some silent, some refused, all well. */
function look(command: Command): { glyph: string; tone: string; word: string } {
  if (unanswered(command)) return { glyph: "STARTED", tone: "STARTED", word: outcome(command) };
  if (!command.answered.length) return { glyph: "FAILURE", tone: "FAILURE", word: command.problem || "nobody answered" };
  if (command.silent.length) return { glyph: "WARN", tone: "RETRY", word: outcome(command) };
  if (refusals(command).length) return { glyph: "REVOKED", tone: "QUIET", word: outcome(command) };
  const [said, ...others] = new Set(command.answered.map(replied));
  return { glyph: "SUCCESS", tone: "SUCCESS", word: said && !others.length && good(command) ? said : outcome(command) };
}

interface RowProps {
  command: Command;
  at: number;
  open: boolean;
  current: boolean;
  toggle: () => void;
}

function Row({ command, at, open, current, toggle }: RowProps) {
  const [silent, ...more] = command.silent;
  return (
    <tr id={`row-${at}`} aria-selected={current}>
      <td class="dim">
        <Clock at={command.asked_at} />
      </td>
      <td class="cut what">
        <button type="button" class="cut block" aria-expanded={open} onClick={toggle}>
          <span class="m mono">{visible(command.command.slice(0, 60))}</span>
          <div class="sm faint cut">{command.reason ? visible(command.reason.slice(0, 300)) : "no reason given"}</div>
        </button>
      </td>
      <td class="cut outcome">
        <State look={look(command)} />
      </td>
      <td class="hide-s cut who">{command.asked_by === "meadow" ? <span class="faint">Meadow</span> : <Said text={command.asked_by} />}</td>
      <td class="hide-s dim cut who">{addressed(command)}</td>
      <td class="hide-m dim">
        <Said text={command.cluster} />
      </td>
      <td class="r hide-s">
        {count(command.answered.length)}
        {command.expected !== null && <span class="faint"> of {count(Math.max(command.expected, command.answered.length))}</span>}
      </td>
      <td class={`hide-s ${silent ? "warn m" : "faint"}`}>
        {silent ? (
          <a class="n" href={link(`/workers/${encodeURIComponent(silent)}`, { in: command.cluster })}>
            <Said text={silent} />
            {more.length > 0 && ` +${count(more.length)}`}
          </a>
        ) : (
          "nobody"
        )}
      </td>
    </tr>
  );
}

function addressed(command: Command): string {
  const tasks = texts(command.arguments.task_ids);
  const to = command.destination === null ? `all of ${command.cluster}` : command.destination.length === 1 ? (command.destination[0] ?? "") : `${count(command.destination.length)} workers`;
  const what = tasks.length ? (tasks.length === 1 ? "1 task" : `${count(tasks.length)} tasks`) : text(command.arguments.task_name) || text(command.arguments.queue);
  return visible([what, to].filter(Boolean).join(", ").slice(0, 300));
}

function Opened({ command }: { command: Command }) {
  const took = command.asked_at !== null && command.answered_at !== null ? `, all answers within ${durationText((command.answered_at - command.asked_at) / 1000)}` : "";
  const args = Object.keys(command.arguments).length > 0;
  return (
    <tr class="grp opened">
      <td />
      <td colSpan={7}>
        <div class="replies">
          {command.answered.map((each) => (
            <span class="row" key={each.hostname}>
              <Glyph id={each.ok === false ? "REVOKED" : "SUCCESS"} tone={each.ok === false ? "FAILURE" : "SUCCESS"} label={each.ok === false ? "refused" : "answered"} />
              <b class="m">
                <Said text={each.hostname} />
              </b>
              <span class="dim cut">{visible(replied(each).slice(0, 300))}</span>
            </span>
          ))}
          {command.silent.map((each) => (
            <span class="row" key={each}>
              <Glyph id="OFF" label="silent" />
              <b class="m">
                <Said text={each} />
              </b>
              <span class="dim">silent</span>
            </span>
          ))}
        </div>
        {command.problem && <p class="bad">{visible(command.problem)}</p>}
        {args && <Code text={JSON.stringify(command.arguments, null, 1)} />}
        <p class="faint sm">
          Sent {full(command.asked_at, zone.value)} as <span class="mono">{visible(command.id)}</span>
          {took}. Sent once: the same Idempotency-Key returns this record.
        </p>
      </td>
    </tr>
  );
}
