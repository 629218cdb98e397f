// A part that is loaded when it is first shown, so that a page does not wait for what few open.
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { toast } from "../state/toasts";

export type Load = () => Promise<ComponentType>;

export function Later({ load }: { load: Load }) {
  const Part = useSignal<ComponentType | null>(null);
  useEffect(() => {
    load().then(
      (part) => (Part.value = part),
      () => toast("WARN", "A part of the page did not arrive", "A newer Meadow may have replaced it; load the page again."),
    );
  }, []);
  return Part.value && <Part.value />;
}
