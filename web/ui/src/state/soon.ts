// Runs something a moment after it was asked for, at most once at a time, and once more when the store has had time to follow.

const FIRST_MS = 350;
const AFTER_MS = 1500;

export class Soon {
  private first: ReturnType<typeof setTimeout> | undefined;
  private after: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly act: () => void) {}

  ask(): void {
    this.first ??= setTimeout(() => {
      this.first = undefined;
      this.act();
    }, FIRST_MS);
    clearTimeout(this.after);
    this.after = setTimeout(this.act, FIRST_MS + AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.first);
    clearTimeout(this.after);
    this.first = this.after = undefined;
  }
}
