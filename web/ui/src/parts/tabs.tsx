// Tabs of a page: links that change one parameter of its address, so that each can be sent to somebody.
import { here, query } from "../state/location";
import { count } from "../state/words";

type Tab = readonly [key: string, words: string, n?: number | null | undefined];

/** The first is shown when the address names none. */
export function Tabs({ param, tabs }: { param: string; tabs: readonly Tab[] }) {
  const first = tabs[0]?.[0] ?? "";
  const now = query.value.get(param) ?? first;
  return (
    <nav class="tabs" aria-label="Parts of this page">
      {tabs.map(([key, words, n]) => (
        <a key={key} href={here({ [param]: key === first ? null : key })} aria-current={now === key ? "true" : undefined}>
          {words} {n ? <em>{count(n)}</em> : null}
        </a>
      ))}
    </nav>
  );
}
