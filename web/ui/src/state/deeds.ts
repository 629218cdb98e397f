// What the palette offers without asking anybody: pages, things to do, clusters.
import { all } from "./field";
import { here, link } from "./location";
import { leave } from "./leave";
import { asked, toggle } from "./live";
import { show } from "./over";
import { PAGES } from "./pages";
import type { Entry } from "./palette";
import { darkness, switchZone, theme, zone } from "./prefs";
import { step } from "./range";
import { toast } from "./toasts";

const deed = (words: string, note: string, icon: string, to: () => void): Entry => ({ kind: "Do", words, note, icon, to });

export const places = (): Entry[] => PAGES.map((page) => ({ kind: "Go to", words: page.words, note: `G ${page.key.toUpperCase()}`, icon: page.icon, to: link(page.path) }));

export function deeds(): Entry[] {
  return [
    deed(asked.value ? "Follow what happens" : "Pause", "L", "refresh", toggle),
    deed(darkness.value ? "Switch to the light theme" : "Switch to the dark theme", "", "sun", () => (theme.value = darkness.value ? "light" : "dark")),
    deed(zone.value === "UTC" ? "Show times of this browser’s zone" : "Show times in UTC", "U", "clock", switchZone),
    deed("Copy a link to exactly this", "", "copy", copyLink),
    deed("Look at a longer range", "[", "clock", () => step(-1)),
    deed("Look at a shorter range", "]", "clock", () => step(1)),
    deed("Keys", "?", "more", () => show("keys")),
    deed("Sign out", "", "out", leave),
  ];
}

export function clusterEntries(): Entry[] {
  return (all.value.data ?? []).map((each) => ({ kind: "Cluster", words: each.slug, note: each.broker, icon: "mark", to: here({ cluster: each.slug }) }));
}

function copyLink(): void {
  const said = navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("Copying needs a page served over https."));
  said.then(
    () => toast("SUCCESS", "Link copied"),
    (error: Error) => toast("WARN", "Not copied", error.message),
  );
}
