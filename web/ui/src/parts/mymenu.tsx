// The menu of who is signed in: theme, zone, sign out.
import { signOut } from "../services/session";
import { myself } from "../state/field";
import { go } from "../state/location";
import { theme, THEMES, type Zone, zone } from "../state/prefs";
import { toast } from "../state/toasts";
import { Icon } from "./glyphs";
import { Option } from "./pop";
import { Said } from "./text";

const THEME_WORDS = { system: "Theme of the system", light: "Light theme", dark: "Dark theme" };
const ZONES: readonly Zone[] = ["UTC", "local"];

export function MyMenu({ close }: { close: () => void }) {
  const me = myself.value;
  const leave = (): void => {
    close();
    signOut().then(
      () => go("/signin"),
      (error: Error) => toast("WARN", "Not signed out", error.message),
    );
  };
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
      <Option act={leave}>Sign out</Option>
    </>
  );
}
