// Signing in with a token.
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { Problem } from "../api";
import { Glyph, Icon } from "../parts/glyphs";
import { signIn } from "../services/session";
import { query, replace, safeNext } from "../state/location";
import { useTitle } from "../state/title";

const LINK_IS_OVER = "This link does not sign in any more: it works once, for an hour, and until Meadow is started again.";

export function SignIn(_: { id: string }) {
  useTitle("Sign in");
  const token = useSignal("");
  const wrong = useSignal(query.value.get("reason") === "link" ? LINK_IS_OVER : "");
  const busy = useSignal(false);
  const enter = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    wrong.value = "";
    try {
      await signIn(token.value.trim());
      replace(safeNext(query.value.get("next"), location.origin));
    } catch (error) {
      wrong.value = sentence(error);
    }
    busy.value = false;
  };
  return (
    <main class="signin" id="main">
      <form onSubmit={enter}>
        <div class="row">
          <span class="mk">
            <Icon id="mark" size={28} />
          </span>
          <div>
            <h1 class="b">Sign in to Meadow</h1>
            <div class="faint sm">{location.host}</div>
          </div>
        </div>
        {wrong.value && (
          <div class="banner f" role="alert">
            <Glyph id="FAILURE" />
            <div>{wrong.value}</div>
          </div>
        )}
        <label class="field">
          Token
          <input
            class="input mono"
            type="password"
            name="token"
            autocomplete="current-password"
            autofocus
            required
            maxLength={16384}
            value={token.value}
            onInput={(event) => (token.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="btn pri" disabled={busy.value || !token.value.trim()}>
          Sign in
        </button>
        <p class="faint sm">
          Whoever runs Meadow makes a token with <code>meadow token --tenant default</code>, where <code>MEADOW_SECRET</code> is set, or <code>--data-dir</code> for a Meadow in one process.
          That one prints a link in its terminal as well, which works once.
        </p>
      </form>
    </main>
  );
}

function sentence(error: unknown): string {
  if (error instanceof Problem && error.status === 401) return `This token is not accepted. ${error.message}`;
  if (error instanceof Problem) return error.message;
  return "Meadow does not answer. Nothing was sent on.";
}
