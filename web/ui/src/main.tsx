// Starts the page.
import { render } from "preact";
import { onSignedOut } from "./api";
import { App } from "./app";
import { listenForKeys } from "./state/keys";
import { keepTime } from "./state/live";
import { followLinks, go, link, replace } from "./state/location";
import { show } from "./state/over";
import { PAGES } from "./state/pages";
import { keepPrefs } from "./state/prefs";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/controls.css";
import "./styles/panels.css";
import "./styles/tables.css";
import "./styles/charts.css";
import "./styles/task.css";
import "./styles/over.css";
import "./styles/narrow.css";

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");

onSignedOut(() => {
  if (location.pathname === "/signin") return;
  replace(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
});
keepPrefs();
keepTime();
listenForKeys(Object.fromEntries(PAGES.map((page) => [page.key, () => go(link(page.path))])), { k: () => show("palette") });
document.addEventListener("click", followLinks);
render(<App />, root);
