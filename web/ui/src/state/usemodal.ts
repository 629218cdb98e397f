// A dialog that holds the keyboard while it stands, and gives it back to what opened it, however it is closed.
import { useEffect, useRef } from "preact/hooks";

/** `close` is called when the browser closed the dialog (Escape): not for one that is gone, as it tells of that a frame late, when the next may stand. */
export function useModal(close: () => void) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const [dialog, before] = [box.current, document.activeElement as HTMLElement | null];
    const gone = new AbortController();
    dialog?.addEventListener("close", close, { signal: gone.signal });
    dialog?.showModal();
    return () => (gone.abort(), dialog?.close(), before?.focus({ preventScroll: true })); // once it is out of the page the browser gives nothing back
  }, []);
  return box;
}
