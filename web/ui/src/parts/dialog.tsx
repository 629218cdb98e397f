// A modal box: native dialog, closed by Escape, its button, or a click beside it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Dialog({ title, foot, close, children }: { title: ComponentChildren; foot: ComponentChildren; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby="dialog-title"
      onClose={close}
      onClick={(event) => event.target === box.current && close()}
    >
      <header>
        <h2 id="dialog-title">{title}</h2>
      </header>
      <div class="body">{children}</div>
      <footer>{foot}</footer>
    </dialog>
  );
}
