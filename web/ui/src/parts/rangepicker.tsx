// The range of time: a preset, or from and to as typed.
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { now } from "../state/live";
import { zone } from "../state/prefs";
import { choose, from, label, narrowed, open, PRESETS, to, typed, widen } from "../state/range";
import { iso } from "../state/words";
import { moment } from "../state/range";
import { Icon } from "./glyphs";
import { Option, Pop } from "./pop";

export function RangePicker() {
  const face = (
    <>
      <span class="hide-s">
        <Icon id="clock" size={14} />
      </span>
      <span class="hide-s">{label()}</span>
      <span class="only-s">{label(true)}</span>
      <span class="faint hide-m">{zone.value}</span>
    </>
  );
  return (
    <>
    {narrowed.value && <Back />}
    <Pop face={face} width={400} title="Range of time ([ and ] widen and narrow it)">
      {(close) => (
        <div class="ranges">
          <div>
            {PRESETS.map(([at, words]) => (
              <Option key={at} on={open.value && from.value === at} act={() => (close(), choose(at, "now"))}>
                {words}
              </Option>
            ))}
          </div>
          <Custom close={close} />
        </div>
      )}
    </Pop>
    </>
  );
}

const Back = () => (
  <button type="button" class="btn ghost icon" aria-label="Back to the range before" title="Back to the range before" onClick={widen}>
    <Icon id="back" />
  </button>
);

function Custom({ close }: { close: () => void }) {
  const start = useSignal(shown(from.value));
  const end = useSignal(shown(to.value));
  const wrong = useSignal("");
  const apply = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const [a, z] = [typed(start.value, zone.value, now.value), typed(end.value, zone.value, now.value)];
    if (a === null || z === null) wrong.value = `“${(a === null ? start : end).value}” is no time.`;
    else if ((moment(a, now.value) ?? 0) >= (moment(z, now.value) ?? 0)) wrong.value = "From must lie before To.";
    else return close(), choose(a, z);
  };
  return (
    <form class="col" onSubmit={apply}>
      <label class="field sm">
        From
        <input class="input mono" value={start.value} maxLength={40} onInput={(event) => (start.value = event.currentTarget.value)} />
      </label>
      <label class="field sm">
        To
        <input class="input mono" value={end.value} maxLength={40} onInput={(event) => (end.value = event.currentTarget.value)} />
      </label>
      <span class={wrong.value ? "bad sm" : "faint sm"} role="status">
        {wrong.value || `now-90m, 11:08, 2026-11-20 all work; ${zone.value}`}
      </span>
      <button type="submit" class="btn pri">
        Apply
      </button>
      <div class="seg" role="group" aria-label="Time zone">
        {(["UTC", "local"] as const).map((each) => (
          <button type="button" key={each} aria-pressed={zone.value === each} onClick={() => (zone.value = each)}>
            {each === "UTC" ? "UTC" : "Local"}
          </button>
        ))}
      </div>
    </form>
  );
}

function shown(said: string): string {
  const at = said.startsWith("now") ? null : moment(said, now.value);
  return at === null ? said : iso(at, zone.value).slice(0, 19).replace("T", " ");
}
