// Revoking a task: what it would do, then doing it, then who answered.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { effects, newKey, order, type Order } from "../services/commands";
import type { Task } from "../services/tasks";
import { useAsked } from "../state/asked";
import { may, myself } from "../state/field";
import { FINAL } from "../state/states";
import { toast } from "../state/toasts";
import { count } from "../state/words";
import { Answered } from "./boxes";
import { Dialog } from "./dialog";
import { Glyph } from "./glyphs";
import { outcome } from "./about";
import { Name, Said, visible } from "./text";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGKILL"];
const REASON_MAX = 500;

export function RevokeButton({ task, done }: { task: Task; done: () => void }) {
  const open = useSignal(false);
  const allowed = may("tasks:control");
  if (FINAL.has(task.state)) return null;
  return (
    <>
      <button type="button" class="btn danger" disabled={!allowed} title={allowed ? undefined : "needs tasks:control"} onClick={() => (open.value = true)}>
        Revoke…
      </button>
      {open.value && <RevokeDialog task={task} close={() => (open.value = false)} done={done} />}
    </>
  );
}

function RevokeDialog({ task, close, done }: { task: Task; close: () => void; done: () => void }) {
  const terminate = useSignal(false);
  const signal = useSignal("SIGTERM");
  const reason = useSignal("");
  const busy = useSignal(false);
  const failed = useSignal("");
  const key = useRef(newKey());
  const what = (): Order => ({
    command: "revoke",
    arguments: { task_ids: [task.id], ...(terminate.value ? { terminate: true, signal: signal.value } : {}) },
    destination: null,
    reason: reason.value.trim(),
  });
  const would = useAsked(`${terminate.value} ${signal.value}`, () => effects(task.cluster, { ...what(), reason: "" }), null);
  const send = async (): Promise<void> => {
    busy.value = true;
    failed.value = "";
    try {
      const { item } = await order(task.cluster, what(), key.current);
      toast(item.silent.length || !item.answered.length ? "WARN" : "SUCCESS", terminate.value ? "Revoke and stop sent" : "Revoke sent", said(item));
      done();
      close();
    } catch (error) {
      failed.value = (error as Error).message;
      busy.value = false;
    }
  };
  return (
    <Dialog title="Revoke this task?" close={close} foot={<Foot close={close} send={() => void send()} busy={busy.value} word={terminate.value ? "Revoke and stop" : "Revoke"} />}>
      <p class="dim">
        <Name name={task.name} /> <Said class="mono" text={task.id} />. Workers drop it when they reach it. One that already runs goes on unless you stop it.
      </p>
      <label class="row">
        <input type="checkbox" checked={terminate.value} onChange={(event) => (terminate.value = event.currentTarget.checked)} />
        Stop it if it runs
        {terminate.value && (
          <select class="input signal" aria-label="Signal to its process" value={signal.value} onChange={(event) => (signal.value = event.currentTarget.value)}>
            {SIGNALS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
      </label>
      <Answered asked={would} rows={2}>
        {(list) => (
          <ul class="effect">
            {list.map((each) => (
              <li key={each.text}>
                <Glyph id={each.unknown ? "LOST" : "REVOKED"} tone={each.unknown ? "RETRY" : "REVOKED"} />
                <span>{visible(each.text)}</span>
                <span class="dim nw">{each.count !== null ? count(each.count) : each.unknown ? "unknown" : ""}</span>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      <label class="field">
        <span>
          Reason <span class="faint">kept with the command</span>
        </span>
        <input class="input" name="reason" maxLength={REASON_MAX} placeholder="Why, in a few words" autofocus value={reason.value} onInput={(event) => (reason.value = event.currentTarget.value)} />
      </label>
      {failed.value && (
        <div class="banner f" role="alert">
          <Glyph id="FAILURE" />
          <div>{visible(failed.value)}</div>
        </div>
      )}
    </Dialog>
  );
}

function said(command: Parameters<typeof outcome>[0]): string {
  const hosts = command.answered.map((each) => each.hostname).slice(0, 5).join(", ");
  return `${outcome(command)}${hosts ? ` (${hosts}${command.answered.length > 5 ? "…" : ""})` : ""}`;
}

function Foot({ close, send, busy, word }: { close: () => void; send: () => void; busy: boolean; word: string }) {
  return (
    <>
      <span class="faint sm grow">
        Recorded as <Said text={myself.value?.subject || "you"} />
      </span>
      <button type="button" class="btn" onClick={close}>
        Cancel
      </button>
      <button type="button" class="btn pri danger" disabled={busy} onClick={send}>
        {word}
      </button>
    </>
  );
}
