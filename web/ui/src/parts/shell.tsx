// The frame of every page: navigation, where one is, how true and how fresh the picture is, scope and range.
import type { ComponentChildren } from "preact";
import { useKeys } from "../state/keys";
import { question } from "../state/dialogs";
import { useField } from "../state/field";
import { link } from "../state/location";
import { type Over, over, show } from "../state/over";
import { current, PAGES } from "../state/pages";
import { needing, useTroubles } from "../state/problems";
import { toggle } from "../state/live";
import { useNews } from "../state/usenews";
import { switchZone } from "../state/prefs";
import { step } from "../state/range";
import { title } from "../state/title";
import { Icon } from "./glyphs";
import { Side } from "./side";
import { LiveState, Truth } from "./truth";
import { RangePicker } from "./rangepicker";
import { ScopePicker } from "./scopepicker";
import { Later, type Load } from "./later";
import { Toasts } from "./toasts";
import { MyMenu } from "./mymenu";
import { Pop } from "./pop";
import { visible } from "./text";

const OVER: Record<Over, Load> = {
  palette: async () => (await import("./palette")).Palette,
  keys: async () => (await import("./keysheet")).KeySheet,
};

export function Shell({ children }: { children: ComponentChildren }) {
  useField();
  useTroubles();
  useNews();
  useShellKeys();
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        Skip to content
      </a>
      <div class="app">
        <Side />
        <header class={title.value.above ? "top deep" : "top"}>
          <span class="only-s mk">
            <Icon id="mark" size={20} />
          </span>
          <Crumb />
          <span class="grow" />
          <Truth />
          <LiveState />
          <ScopePicker />
          <RangePicker />
          <button type="button" class="btn ghost icon only-s" aria-label="Search or run" onClick={() => show("palette")}>
            <Icon id="search" />
          </button>
        </header>
        <main class="main" id="main" tabIndex={-1}>
          {children}
        </main>
        <TabBar />
      </div>
      <Toasts />
      {over.value && <Later key={over.value} load={OVER[over.value]} />}
      {question.value && <Later key="question" load={async () => (await import("./confirm")).Confirm} />}
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
      {PAGES.map((page) => (
        <a key={page.path} href={link(page.path)} aria-current={current(page.path) ? "page" : undefined}>
          <Icon id={page.icon} size={20} />
          {page.words}
          {needing.value.has(page.path) && <i class="dotn" />}
        </a>
      ))}
      <Pop class="tab" face={<><Icon id="more" size={20} />More</>}>{(close) => <MyMenu close={close} />}</Pop>
    </nav>
  );
}

function useShellKeys(): void {
  useKeys({ "[": () => step(-1), "]": () => step(1), u: switchZone, l: toggle, "?": () => show("keys") });
}
