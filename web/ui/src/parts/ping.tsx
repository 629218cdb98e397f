// Asks one worker whether it is there, and says what it answered.
import { useSignal } from "@preact/signals";
import { newKey, order } from "../services/commands";
import type { Worker } from "../services/workers";
import { may } from "../state/field";
import { toast } from "../state/toasts";
import { durationText } from "../state/words";

export function PingButton({ worker }: { worker: Worker }) {
  const busy = useSignal(false);
  const allowed = may("workers:control");
  const ping = async (): Promise<void> => {
    busy.value = true;
    try {
      const { item } = await order(worker.cluster, { command: "ping", arguments: {}, destination: [worker.hostname], reason: "" }, newKey());
      const took = item.asked_at !== null && item.answered_at !== null ? ` within ${durationText((item.answered_at - item.asked_at) / 1000)}` : "";
      if (item.answered.length) toast("SUCCESS", `${worker.hostname} answered`, `The ping came back${took}.`);
      else toast("WARN", `${worker.hostname} is silent`, `It did not answer the ping${took}.`);
    } catch (error) {
      toast("FAILURE", `${worker.hostname} was not asked`, (error as Error).message);
    }
    busy.value = false;
  };
  return (
    <button type="button" class="btn ghost" disabled={!allowed || busy.value} title={allowed ? `Ping ${worker.hostname}` : "needs workers:control"} onClick={() => void ping()}>
      Ping
    </button>
  );
}
