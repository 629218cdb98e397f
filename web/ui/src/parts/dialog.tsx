// A modal box: native dialog, closed by Escape, its button, or a click beside it; Enter in a field does what its button says.
import type { ComponentChildren } from "preact";
import { useModal } from "../state/usemodal";

interface DialogProps {
  title: ComponentChildren;
  foot: ComponentChildren;
  close: () => void;
  /** What a button of type submit does. */
  submit?: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, foot, close, submit, children }: DialogProps) {
  const box = useModal(close);
  return (
    <dialog ref={box} aria-labelledby="dialog-title" onClick={(event) => event.target === box.current && close()}>
      <form onSubmit={(event) => (event.preventDefault(), submit?.())}>
        <header>
          <h2 id="dialog-title">{title}</h2>
        </header>
        <div class="body">{children}</div>
        <footer>{foot}</footer>
      </form>
    </dialog>
  );
}
