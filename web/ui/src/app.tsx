// Path to page. Each page is loaded when it is first looked at.
import { useSignal } from "@preact/signals";
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Missing } from "./pages/missing";
import { Loading } from "./parts/boxes";
import { Shell } from "./parts/shell";
import { path } from "./state/location";

interface Route {
  path: RegExp;
  load: () => Promise<ComponentType<{ id: string }>>;
  /** Without the shell: for whom nobody knows yet. */
  bare?: boolean;
}

const ROUTES: readonly Route[] = [
  { path: /^\/$/, load: async () => (await import("./pages/overview")).Overview },
  { path: /^\/tasks$/, load: async () => (await import("./pages/tasks")).Tasks },
  { path: /^\/tasks\/([^/]+)$/, load: async () => (await import("./pages/task")).TaskPage },
  { path: /^\/workers$/, load: async () => (await import("./pages/workers")).Workers },
  { path: /^\/workers\/([^/]+)$/, load: async () => (await import("./pages/worker")).WorkerPage },
  { path: /^\/commands$/, load: async () => (await import("./pages/commands")).Commands },
  { path: /^\/signin$/, load: async () => (await import("./pages/signin")).SignIn, bare: true },
];

export function App() {
  const route = ROUTES.find((each) => each.path.test(path.value));
  const page = <Loaded key={path.value} route={route} id={decoded(route?.path.exec(path.value)?.[1] ?? "")} />;
  useFocusOnMain();
  return route?.bare ? page : <Shell>{page}</Shell>;
}

function Loaded({ route, id }: { route: Route | undefined; id: string }) {
  const Page = useSignal<ComponentType<{ id: string }> | null>(route ? null : Missing);
  const failed = useSignal(false);
  useEffect(() => {
    route?.load().then(
      (page) => (Page.value = page),
      () => (failed.value = true),
    );
  }, []);
  if (failed.value) return <Unloaded />;
  if (!Page.value) return <Loading />;
  return (
    <Fence>
      <Page.value id={id} />
    </Fence>
  );
}

/** After a change of page the keyboard goes on in its content. */
function useFocusOnMain(): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) document.getElementById("main")?.focus({ preventScroll: true });
    first.current = false;
  }, [path.value]);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % is part of the id
  }
}

/** A fault in a page is said, and does not take the rest along. */
class Fence extends Component<{ children: ComponentChildren }, { fault: string }> {
  override state = { fault: "" };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ fault: error instanceof Error ? error.message : String(error) });
  }

  render() {
    return this.state.fault ? <Unloaded fault={this.state.fault} /> : this.props.children;
  }
}

function Unloaded({ fault = "" }: { fault?: string }) {
  return (
    <div class="empty">
      <h1>This page could not be shown</h1>
      <p class="dim">{fault || "A part of it did not arrive; a newer Meadow may have replaced it."}</p>
      <p>
        <button type="button" class="btn" onClick={() => location.reload()}>
          Load again
        </button>
      </p>
    </div>
  );
}
