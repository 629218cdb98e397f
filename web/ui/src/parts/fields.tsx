// The fields of a command's form, drawn from their description.
import type { Signal } from "@preact/signals";
import type { Values } from "../state/dialogs";
import type { Field, Form } from "../state/formread";

export function Fields({ form, values }: { form: Form; values: Signal<Values> }) {
  const put = (name: string, value: string): void => void (values.value = { ...values.value, [name]: value });
  const shown = form.fields.filter((each) => !each.when || values.value[each.when]);
  return (
    <>
      {shown.map((field, k) => (
        <One key={field.name} field={field} first={k === 0} value={values.value[field.name] ?? ""} put={put} />
      ))}
    </>
  );
}

function One({ field, first, value, put }: { field: Field; first: boolean; value: string; put: (name: string, value: string) => void }) {
  if (field.kind === "check") {
    return (
      <label class="row">
        <input type="checkbox" name={field.name} checked={value === "1"} onChange={(event) => put(field.name, event.currentTarget.checked ? "1" : "")} />
        {field.words}
      </label>
    );
  }
  return (
    <label class={field.kind === "text" ? "field" : "field short"}>
      <span>
        {field.words} {field.note && <span class="faint">{field.note}</span>}
      </span>
      {field.kind === "choice" ? (
        <select class="input" name={field.name} value={value} onChange={(event) => put(field.name, event.currentTarget.value)}>
          {field.choices?.map((each) => <option key={each}>{each}</option>)}
        </select>
      ) : (
        <input
          class={field.kind === "text" ? "input mono" : "input"}
          name={field.name}
          inputMode={field.kind === "number" ? "decimal" : "text"}
          maxLength={255}
          autocomplete="off"
          spellcheck={false}
          autofocus={first}
          value={value}
          onInput={(event) => put(field.name, event.currentTarget.value)}
        />
      )}
    </label>
  );
}
