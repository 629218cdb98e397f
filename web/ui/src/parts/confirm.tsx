// The one dialog of all commands: what it does as a question, its effects before it is done, why, as whom, and one named button.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { effects, newKey, order } from "../services/commands";
import { useAsked } from "../state/asked";
import { answered, question as open, type Question, type Values } from "../state/dialogs";
import { myself } from "../state/field";
import { about, FORMS } from "../state/forms";
import { merged, sendings } from "../state/orders";
import { Answered } from "./boxes";
import { Dialog } from "./dialog";
import { Effects } from "./effects";
import { Fields } from "./fields";
import { Glyph } from "./glyphs";
import { announce } from "./sent";
import { Said, visible } from "./text";

const REASON_MAX = 500;

export function Confirm() {
  return open.value && <Asking question={open.value} />;
}

function Asking({ question }: { question: Question }) {
  const form = FORMS[question.kind];
  const values = useSignal<Values>({ ...Object.fromEntries(form.fields.map((each) => [each.name, each.start])), ...question.values });
  const [typed, reason, failed] = [useSignal(""), useSignal(""), useSignal("")];
  const [wide, busy] = [useSignal(false), useSignal(false)];
  const key = useRef(newKey());
  const read = form.read(values.value);
  const who = about(question, wide.value);
  const name = question.kind !== "revoke" && form.typed ? (question.hosts?.[0] ?? question.cluster) : "";
  const send = async (): Promise<void> => {
    if (typeof read === "string") return;
    busy.value = true;
    failed.value = "";
    try {
      const all = sendings(question, read, wide.value, reason.value.trim());
      for (const [k, each] of all.entries()) announce((await order(each.cluster, each.order, `${key.current}${k}`)).item, form.word(values.value));
      question.done?.();
      answered();
    } catch (error) {
      failed.value = (error as Error).message;
      busy.value = false;
    }
  };
  const ready = typeof read !== "string" && (!name || typed.value === name) && !busy.value;
  return (
    <Dialog title={form.title(visible(who))} close={answered} submit={() => ready && void send()} foot={<Foot word={form.word(values.value)} danger={form.danger ?? false} ready={ready} />}>
      <p class="dim">{form.lead}</p>
      <Fields form={form} values={values} />
      {form.wide && question.kind !== "revoke" && question.hosts !== null && (
        <label class="row">
          <input type="checkbox" checked={wide.value} onChange={(event) => (wide.value = event.currentTarget.checked)} />
          <span>
            On every worker of <Said text={question.cluster} />
          </span>
        </label>
      )}
      {question.note && <p class="dim">{question.note}</p>}
      {typeof read === "string" ? <p class="dim">{read}</p> : <Would question={question} args={read} wide={wide.value} />}
      {name && (
        <label class="field">
          <span>
            Type <b class="mono">{visible(name)}</b> to confirm
          </span>
          <input class="input mono" name="typed" autocomplete="off" spellcheck={false} autofocus value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
        </label>
      )}
      <label class="field">
        <span>
          Reason <span class="faint">kept with the command</span>
        </span>
        <input class="input" name="reason" maxLength={REASON_MAX} placeholder="Why, in a few words" autofocus={!name && !form.fields.length} value={reason.value} onInput={(event) => (reason.value = event.currentTarget.value)} />
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

/** The dry run: asked again whenever what would be sent changes. */
function Would({ question, args, wide }: { question: Question; args: Record<string, unknown>; wide: boolean }) {
  const all = sendings(question, args, wide, "");
  const would = useAsked(JSON.stringify([args, wide]), async () => merged(await Promise.all(all.map(async ({ cluster, order: each }) => ({ cluster, effects: await effects(cluster, each) })))), null);
  return (
    <Answered asked={would} rows={3}>
      {(list) => <Effects form={FORMS[question.kind]} effects={list} />}
    </Answered>
  );
}

function Foot({ word, danger, ready }: { word: string; danger: boolean; ready: boolean }) {
  return (
    <>
      <span class="faint sm grow">
        Recorded as you, <Said class="b" text={myself.value?.subject || "unknown"} />
      </span>
      <button type="button" class="btn" onClick={answered}>
        Cancel
      </button>
      <button type="submit" class={`btn pri ${danger ? "danger" : ""}`} disabled={!ready}>
        {word}
      </button>
    </>
  );
}
