// Parts of a page that are not there from the beginning, such as its dialogs: a first visit does not wait for their code.
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { Unreachable } from "@/api";
import { notify } from "./notify";

const USES = ["pointermove", "pointerdown", "keydown"] as const;

/** A busy page is never idle. */
const IDLE_WITHIN_MS = 3_000;

/** Kept as soon as somebody begins to use the page. */
const isUsed = new Promise<void>((resolve) => {
  for (const use of USES) {
    globalThis.addEventListener?.(use, () => resolve(), { once: true, passive: true });
  }
});

/** Load a part when it is first shown, or before that as soon as somebody uses the page; `waiting` stands in for it. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null,
): ComponentType<Props> {
  const part = new Part(load);
  // What cannot be loaded now is loaded when it is shown.
  void isUsed.then(() =>
    globalThis.requestIdleCallback?.(() => void part.fetch().catch(() => undefined), { timeout: IDLE_WITHIN_MS }),
  );
  return (props) => <Later part={part} props={props} waiting={waiting} />;
}

class Part<Props> {
  loaded: ComponentType<Props> | null = null;
  private readonly load: () => Promise<ComponentType<Props>>;

  constructor(load: () => Promise<ComponentType<Props>>) {
    this.load = load;
  }

  async fetch(): Promise<ComponentType<Props>> {
    this.loaded ??= await this.load();
    return this.loaded;
  }
}

interface LaterProps<Props> {
  readonly part: Part<Props>;
  readonly props: Props;
  readonly waiting: ReactNode;
}

function Later<Props extends object>({ part, props, waiting }: LaterProps<Props>) {
  const [Shown, setShown] = useState(() => part.loaded);
  useEffect(() => {
    part.fetch().then(
      (loaded) => setShown(() => loaded),
      (error) => notify.problem(navigator.onLine ? error : new Unreachable()),
    );
  }, [part]);
  return Shown ? <Shown {...props} /> : waiting;
}
