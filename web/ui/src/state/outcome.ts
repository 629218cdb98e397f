// What became of a command, in words: how many answered, who refused and why, who was silent.
import type { Answer, Command } from "../services/commands";
import { list, object, text } from "../services/read";
import { count } from "./words";

const NAMED = 3; // hosts said by name; the rest is counted

type Answers = Pick<Command, "command" | "answered" | "silent"> & { problem?: string };

export const refusals = (command: Pick<Answers, "answered">): Answer[] => command.answered.filter((each) => each.ok === false);

/** A worker that is told to end does not answer; that it ended shows in its state. */
export const unanswered = (command: Answers): boolean => command.command === "shutdown" && !command.answered.length && !command.problem;

/** "3 answered, 1 refused, 1 silent", or that nobody did. */
export function outcome(command: Answers): string {
  if (unanswered(command)) return "sent; nobody answers this";
  const refused = refusals(command).length;
  const parts = [
    command.answered.length ? `${count(command.answered.length)} answered` : "nobody answered",
    refused ? `${count(refused)} refused` : "",
    command.silent.length ? `${count(command.silent.length)} silent` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** The same with names: who answered, what the first refusal says, who was silent. */
export function told(command: Command): string {
  if (unanswered(command)) return "A worker that ends does not answer; its state shows it.";
  const [refused] = refusals(command);
  const good = command.answered.filter((each) => each.ok !== false).map((each) => each.hostname);
  return [
    good.length ? `Answered: ${named(good)}.` : "",
    refused ? `${refused.hostname} refused: ${replied(refused)}.` : "",
    command.silent.length ? `Silent: ${named(command.silent)}.` : "",
    !command.answered.length && !command.silent.length ? `${command.problem || "Nobody answered"}.` : "",
  ]
    .filter(Boolean)
    .join(" ")
    .replaceAll("..", ".");
}

/** Everybody who was asked answered, and nobody refused. */
export const good = (command: Command): boolean => unanswered(command) || (command.answered.length > 0 && !command.silent.length && !refusals(command).length);

/** What a worker said: Celery answers {"ok": …} or {"error": …}; of an inspection it is told what was kept. */
export function replied(answer: Answer): string {
  const reply = object(answer.reply);
  const said = reply.ok ?? reply.error ?? answer.reply;
  const [kept, missing] = ["kept", "missing"].map((name) => list(object(said)[name] ?? reply[name]).length);
  if (kept || missing) return `${count(kept)} answers kept${missing ? `, ${count(missing)} did not come` : ""}`;
  return text(said) || (said === undefined || said === null ? "" : JSON.stringify(said));
}

function named(hosts: readonly string[]): string {
  const more = hosts.length - NAMED;
  return hosts.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${count(more)} more` : "");
}
