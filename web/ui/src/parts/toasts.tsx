// What was done, said in a corner; stays while pointed at.
import { dismiss, hold, leave, toasts } from "../state/toasts";
import { Glyph, Icon } from "./glyphs";
import { visible } from "./text";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-atomic="false">
      {toasts.value.map((each) => (
        <div key={each.id} class="pop toast" onPointerEnter={() => hold(each.id)} onPointerLeave={() => leave(each.id)}>
          <Glyph id={each.glyph} tone={each.glyph === "WARN" ? "RETRY" : each.glyph} />
          <div>
            <div class="m">{visible(each.title)}</div>
            {each.detail && <div class="dim sm">{visible(each.detail)}</div>}
            {each.link && (
              <a class="link-b sm" href={each.link.href} onClick={() => dismiss(each.id)}>
                {each.link.words}
              </a>
            )}
          </div>
          <button type="button" class="faint" aria-label="Close" onClick={() => dismiss(each.id)}>
            <Icon id="x" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
