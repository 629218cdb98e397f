// The menu of who is signed in: theme, zone, sign out.
import { leave } from "../state/leave";
import { myself } from "../state/field";
import { show } from "../state/over";
import { theme, THEMES, type Zone, zone } from "../state/prefs";
import { Icon } from "./glyphs";
import { Option } from "./pop";
import { Said } from "./text";

const THEME_WORDS = { system: "Theme of the system", light: "Light theme", dark: "Dark theme" };
const ZONES: readonly Zone[] = ["UTC", "local"];

export function MyMenu({ close }: { close: () => void }) {
  const me = myself.value;
  return (
    <>
      {me && (
        <div class="h cut">
          <Said text={me.subject} /> in <Said text={me.tenant} />
        </div>
      )}
      {THEMES.map((each) => (
        <Option key={each} on={theme.value === each} act={() => (theme.value = each)}>
          <Icon id="sun" size={14} />
          {THEME_WORDS[each]}
        </Option>
      ))}
      <hr />
      {ZONES.map((each) => (
        <Option key={each} on={zone.value === each} act={() => (zone.value = each)}>
          <Icon id="clock" size={14} />
          {each === "UTC" ? "Times in UTC" : "Times of this browser’s zone"}
        </Option>
      ))}
      <hr />
      <Option act={() => (close(), show("keys"))}>Keys</Option>
      <Option act={() => (close(), leave())}>Sign out</Option>
    </>
  );
}
