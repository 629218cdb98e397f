// The tokens of a filter as chips, and what is wrong with one.
import type { Fault, Token } from "../state/filter";
import { count } from "../state/words";
import { Glyph, Icon } from "./glyphs";
import { visible } from "./text";

const SHOWN_MAX = 120;

export function Chip({ token, wrong, remove }: { token: Token; wrong: boolean; remove: () => void }) {
  return (
    <span class={`fchip ${token.not ? "not" : ""} ${wrong ? "wrong" : ""}`} title={token.raw.length > SHOWN_MAX ? visible(token.raw.slice(0, 1000)) : undefined}>
      <span>{token.field && `${token.field}:`}</span>
      <b class="cut">
        <bdi>{visible(token.value.slice(0, SHOWN_MAX))}</bdi>
      </b>
      <button type="button" aria-label={`Remove ${token.raw.slice(0, 60)}`} onClick={remove}>
        <Icon id="x" size={12} />
      </button>
    </span>
  );
}

/** Where and why the filter could not be read, and what could. */
export function Faulty({ fault }: { fault: Fault }) {
  return (
    <p class="fault sm" id="fault" role="alert">
      <Glyph id="WARN" tone="FAILURE" />
      <span>
        <span class="bad">
          At character {count(fault.at + 1)}: {visible(fault.message)}
        </span>{" "}
        {fault.accepts && <span class="dim">Accepted: {visible(fault.accepts)}.</span>}
      </span>
    </p>
  );
}
