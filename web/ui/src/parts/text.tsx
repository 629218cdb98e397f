// Text that somebody else wrote: isolated from its surroundings, with invisible and turning characters made visible.

// C0 and C1 controls but tab and line feed, zero-width characters, and those that turn the direction of what follows
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const SHOWN_MAX = 100_000;

/** The text with every unseen character as ‹U+202E›. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (one) => `‹U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`);

export function Said({ text, class: tone }: { text: string; class?: string | undefined }) {
  return (
    <bdi class={tone} title={text.length > 24 ? text.slice(0, 1000) : undefined}>
      {visible(text.slice(0, 1000))}
    </bdi>
  );
}

/** A worker's name: what all have before the @ is faint, and left out where there is little room. */
export function Host({ name, class: tone }: { name: string; class?: string }) {
  const usual = name.startsWith("celery@") ? 7 : 0;
  return (
    <bdi class={tone} title={name.slice(0, 300)}>
      {usual > 0 && <span class="at">celery@</span>}
      {visible(name.slice(usual, 1000))}
    </bdi>
  );
}

/** A dotted name: the last part stands out. */
export function Name({ name }: { name: string }) {
  if (!name) return <span class="faint">unknown name</span>;
  const dot = name.lastIndexOf(".") + 1;
  return (
    <bdi title={name.slice(0, 300)}>
      <span class="ns">{visible(name.slice(0, dot).slice(0, 300))}</span>
      {visible(name.slice(dot).slice(0, 300))}
    </bdi>
  );
}

/** Python or JSON as text; marks of what was cut or redacted stand out. */
export function Code({ text, wrap = true }: { text: string; wrap?: boolean }) {
  const cut = text.length > SHOWN_MAX;
  const pieces = visible(text.slice(0, SHOWN_MAX)).split(/('\*{3,}'|"\*{3,}"|\*{3,}|\[redacted\]|<redacted>|…)/);
  return (
    <pre class={wrap ? "code wrapd" : "code"} tabIndex={0}>
      {pieces.map((piece, k) => (k % 2 ? <span class="red">{piece}</span> : piece))}
      {cut && <span class="red">… {text.length - SHOWN_MAX} characters more</span>}
    </pre>
  );
}
