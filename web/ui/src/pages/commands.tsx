// The audit trail: who asked what of whom and why, what each worker answered, and who was silent.
import { Answered, Empty } from "../parts/boxes";
import { Icon } from "../parts/glyphs";
import { CommandTable } from "../parts/commandtable";
import { WORKER_KINDS } from "../state/dialogs";
import { scope } from "../state/field";
import { put, query } from "../state/location";
import { from, inWords, open, to } from "../state/range";
import { useTitle } from "../state/title";
import { useCommand, useCommands } from "../state/usecommands";
import { useRows } from "../state/userows";

const KINDS = ["ping", "inspect", "revoke", ...WORKER_KINDS];
const STATES = ["answered", "partial", "silent"];

export function Commands(_: { id: string }) {
  useTitle("Commands");
  const said = (name: string): string | null => query.value.get(name);
  const params = { cluster: scope.value, from: from.value, to: to.value, command: said("command"), state: said("state"), asked_by: said("who") };
  const { asked, items, more } = useCommands(params, open.value);
  const id = said("open");
  const toggle = (which: string): void => put({ open: which === id ? null : which });
  const cursor = useRows(items.map((each) => each.id), toggle, "who");
  const filtered = Boolean(params.command || params.state || params.asked_by);
  return (
    <div class="page">
      <h1 class="sr">Commands</h1>
      <div class="row wrap">
        <Choice name="command" words="Every command" choices={KINDS} />
        <Choice name="state" words="Every outcome" choices={STATES} />
        <input id="who" class="input find" type="search" placeholder="Who asked" aria-label="Who asked" maxLength={255} value={said("who") ?? ""} onChange={(event) => put({ who: event.currentTarget.value.trim() || null })} />
        <span class="grow" />
        <span class="dim sm hide-s">Nothing here can be changed or deleted.</span>
      </div>
      {id && asked.data && !items.some((each) => each.id === id) && <Alone id={id} close={() => put({ open: null })} />}
      <section class="panel" aria-label="Commands">
        <Answered asked={asked} rows={8} height={44}>
          {() => (items.length ? <CommandTable commands={items} open={id} cursor={cursor.value} toggle={toggle} /> : <None filtered={filtered} />)}
        </Answered>
      </section>
      {more && (
        <button type="button" class="btn older" onClick={more}>
          Older ones
        </button>
      )}
    </div>
  );
}

/** A command that a link leads to and the list does not hold. */
function Alone({ id, close }: { id: string; close: () => void }) {
  const asked = useCommand(id);
  return (
    <section class="panel" aria-label="The command of the address">
      <Answered asked={asked} rows={2}>
        {({ item }) => <CommandTable commands={[item]} open={id} cursor={null} toggle={close} />}
      </Answered>
    </section>
  );
}

function Choice({ name, words, choices }: { name: string; words: string; choices: readonly string[] }) {
  return (
    <span class="choice">
      <select class="btn" aria-label={words} value={query.value.get(name) ?? ""} onChange={(event) => put({ [name]: event.currentTarget.value || null }, true)}>
        <option value="">{words}</option>
        {choices.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <Icon id="down" size={14} />
    </span>
  );
}

function None({ filtered }: { filtered: boolean }) {
  return (
    <Empty title={filtered ? "No command matches" : `No command in ${inWords()}`}>
      <p class="dim">{filtered ? "Another filter or a wider range shows more." : "Whatever is asked of a cluster’s workers from here or by the API stands here, with who asked and what each answered."}</p>
    </Empty>
  );
}
