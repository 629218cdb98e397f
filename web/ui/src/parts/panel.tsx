// A titled box on a page.
import type { ComponentChildren } from "preact";

interface PanelProps {
  title: string;
  note?: ComponentChildren;
  right?: ComponentChildren;
  class?: string;
  children?: ComponentChildren;
}

export function Panel({ title, note, right, class: tone = "", children }: PanelProps) {
  return (
    <section class={`panel ${tone}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note && <span class="note cut">{note}</span>}
        <span class="grow" />
        {right}
      </header>
      {children}
    </section>
  );
}

/** A list of facts. Empty ones are left out by the caller. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="kv">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
