// A button that asks a command's question; who may not sees it, disabled, with the reason as title.
import type { ComponentChildren } from "preact";
import { ask, needs, type Question } from "../state/dialogs";
import { may } from "../state/field";

export function Act({ question, class: tone = "btn", children }: { question: Question; class?: string; children: ComponentChildren }) {
  const permission = needs(question.kind);
  const allowed = may(permission);
  return (
    <button type="button" class={tone} disabled={!allowed} title={allowed ? undefined : `needs ${permission}`} onClick={() => ask(question)}>
      {children}
    </button>
  );
}
