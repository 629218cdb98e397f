// Asks workers now for what only they know; the answers are kept as their snapshots.
import { useSignal } from "@preact/signals";
import { newKey, order } from "../services/commands";
import { may } from "../state/field";
import { Icon } from "./glyphs";
import { announce, failed } from "./sent";

interface InspectProps {
  cluster: string;
  hosts: string[] | null;
  done: () => void;
  words?: string;
}

export function InspectButton({ cluster, hosts, done, words = "Inspect now" }: InspectProps) {
  const busy = useSignal(false);
  const allowed = may("workers:control");
  const inspect = async (): Promise<void> => {
    busy.value = true;
    try {
      announce((await order(cluster, { command: "inspect", arguments: {}, destination: hosts, reason: "" }, newKey())).item, "Inspected");
      done();
    } catch (error) {
      failed("Not inspected", error);
    }
    busy.value = false;
  };
  return (
    <button type="button" class="btn" disabled={!allowed || busy.value} title={allowed ? undefined : "needs workers:control"} onClick={() => void inspect()}>
      <Icon id="refresh" size={14} />
      {busy.value ? "Asking…" : words}
    </button>
  );
}
