// Copies a text, and says so.
import { toast } from "../state/toasts";
import { Icon } from "./glyphs";

export function Copy({ text, what }: { text: string; what: string }) {
  const copy = (): void => {
    navigator.clipboard?.writeText(text).then(
      () => toast("SUCCESS", `Copied ${what}`),
      () => toast("WARN", "The browser did not let it be copied"),
    );
  };
  return (
    <button type="button" class="btn ghost icon" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={copy}>
      <Icon id="copy" size={14} />
    </button>
  );
}
