// A button that opens a small box beside it: a native popover, placed under or over the button.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";

interface PopProps {
  class?: string;
  label?: string;
  title?: string;
  /** What is on the button. */
  face: ComponentChildren;
  children: (close: () => void) => ComponentChildren;
  width?: number;
}

const EDGE = 8;
const GAP = 4;

export function Pop({ class: tone = "btn", label, title, face, children, width = 264 }: PopProps) {
  const id = useId();
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const close = (): void => box.current?.hidePopover();
  const toggled = (event: { newState: string }): void => {
    open.value = event.newState === "open";
    if (open.value) requestAnimationFrame(() => button.current && box.current && place(button.current, box.current));
  };
  return (
    <>
      <button ref={button} type="button" class={tone} aria-label={label} title={title} id={`${id}b`} popovertarget={id} aria-haspopup="dialog" aria-expanded={open.value}>
        {face}
      </button>
      <div ref={box} id={id} class="pop" popover="auto" role="dialog" aria-labelledby={`${id}b`} tabIndex={-1} onToggle={toggled} style={{ width: `${width}px` }}>
        {open.value && children(close)}
      </div>
    </>
  );
}

function place(button: HTMLElement, box: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const left = at.left + box.offsetWidth + EDGE > innerWidth ? at.right - box.offsetWidth : at.left;
  box.style.left = `${Math.max(EDGE, left)}px`;
  const below = at.bottom + GAP;
  const over = at.top - box.offsetHeight - GAP;
  box.style.top = `${below + box.offsetHeight + EDGE > innerHeight && over > EDGE ? over : below}px`;
  (box.querySelector<HTMLElement>("input, .opt") ?? box).focus();
}

/** `disabled`: why it cannot be chosen. */
export function Option({ on, disabled, act, children }: { on?: boolean; disabled?: string | undefined; act: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="opt" aria-pressed={on} disabled={disabled !== undefined} title={disabled} onClick={act}>
      {children}
    </button>
  );
}
