// A dialog that holds the keyboard while it stands, and gives it back to what opened it, however it is closed.
import { useEffect, useRef } from "preact/hooks";

export function useModal() {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const [dialog, before] = [box.current, document.activeElement as HTMLElement | null];
    dialog?.showModal();
    return () => (dialog?.close(), before?.focus({ preventScroll: true })); // once it is out of the page the browser gives nothing back
  }, []);
  return box;
}
