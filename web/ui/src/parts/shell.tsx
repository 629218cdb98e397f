// The frame of every page: navigation, where one is, how true and how fresh the picture is, scope and range.
import type { ComponentChildren } from "preact";
import { useKeys } from "../state/keys";
import { useField } from "../state/field";
import { go, link, path } from "../state/location";
import { toggle } from "../state/live";
import { switchZone } from "../state/prefs";
import { step } from "../state/range";
import { title } from "../state/title";
import { Icon } from "./glyphs";
import { Side } from "./side";
import { LiveState, Truth } from "./truth";
import { RangePicker } from "./rangepicker";
import { ScopePicker } from "./scopepicker";
import { Toasts } from "./toasts";
import { MyMenu } from "./mymenu";
import { Pop } from "./pop";
import { visible } from "./text";

export const PAGES: readonly [path: string, words: string, icon: string, key: string][] = [
  ["/", "Overview", "overview", "o"],
  ["/tasks", "Tasks", "tasks", "t"],
  ["/workers", "Workers", "workers", "w"],
];

export const current = (page: string): boolean => (page === "/" ? path.value === "/" : path.value === page || path.value.startsWith(`${page}/`));

export function Shell({ children }: { children: ComponentChildren }) {
  useField();
  useShellKeys();
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        Skip to content
      </a>
      <div class="app">
        <Side />
        <header class="top">
          <span class="only-s mk">
            <Icon id="mark" size={20} />
          </span>
          <Crumb />
          <span class="grow" />
          <Truth />
          <LiveState />
          <ScopePicker />
          <RangePicker />
        </header>
        <main class="main" id="main" tabIndex={-1}>
          {children}
        </main>
        <TabBar />
      </div>
      <Toasts />
    </>
  );
}

function Crumb() {
  const { words, above } = title.value;
  return (
    <div class="crumb">
      {above && (
        <>
          <a href={link(above.path)}>{above.words}</a>
          <span class="sep" aria-hidden="true">
            /
          </span>
        </>
      )}
      <bdi class="cut">{visible(words.slice(0, 255))}</bdi>
    </div>
  );
}

function TabBar() {
  return (
    <nav class="tabbar" aria-label="Pages">
      {PAGES.map(([to, words, icon]) => (
        <a key={to} href={link(to)} aria-current={current(to) ? "page" : undefined}>
          <Icon id={icon} size={20} />
          {words}
        </a>
      ))}
      <Pop class="tab" face={<><Icon id="sun" size={20} />More</>}>{(close) => <MyMenu close={close} />}</Pop>
    </nav>
  );
}

const G_MS = 1200; // how long G waits for the letter of a page

function useShellKeys(): void {
  const since = pressed;
  useKeys({
    "[": () => step(-1),
    "]": () => step(1),
    u: switchZone,
    l: () => (since.g && Date.now() - since.g < G_MS ? undefined : toggle()),
    g: () => (since.g = Date.now()),
    ...Object.fromEntries(PAGES.map(([to, , , key]) => [key, () => Date.now() - since.g < G_MS && go(link(to))])),
  });
}

const pressed = { g: 0 };
