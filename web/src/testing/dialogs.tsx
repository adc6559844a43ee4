// What every dialog owes whoever uses it, proved in the same way for each of them.
import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import type { ReactElement } from "react";
import { expect, it, vi } from "vitest";
import {
  type Answer,
  answers,
  fieldProblem,
  losesOneAnswer,
  type Method,
  type PathOf,
  refuses,
  sent,
} from "./services";
import { show } from "./show";

const REFUSED = "This was refused for a test.";
const FIX = "Another value would work.";

interface DialogSpec<Of extends Method, Path extends PathOf<Of>> {
  /** The dialog as its page shows it. */
  readonly dialog: (onClose: () => void) => ReactElement;
  /** Opens it, where it has its own button on the page. */
  readonly opens?: (user: UserEvent) => Promise<unknown>;
  readonly title: string | RegExp;
  /** Where the page is, where the dialog reads it. */
  readonly at?: string;
  /** What the services answer that the dialog asks before anything is sent. */
  readonly given?: () => void;
  /** Enters what is needed. */
  readonly fill?: (user: UserEvent) => Promise<unknown>;
  /** The button that sends. */
  readonly submit: string | RegExp;
  /** What is sent to which path of the services, and what they answer. */
  readonly request: readonly [method: Of, path: Path];
  /** The path as it is sent, where it names something. */
  readonly sentTo?: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Left out where the answer has no body. */
  readonly answer?: Answer<Of, Path>;
  /** A field as the service calls it, and its label; none where a refusal stands in a notice. */
  readonly refused?: readonly [field: string, label: string | RegExp];
  /** What is shown without anything entered, where the dialog itself knows what is missing. */
  readonly lacks?: readonly (string | RegExp)[];
  /** The page to which it leads in place of closing. */
  readonly leadsTo?: string;
}

/** Prove that a dialog opens, names what is missing, sends once whatever happens to the answer, shows a refusal where it belongs, and closes. */
export function provesItself<Of extends Method, Path extends PathOf<Of>>(spec: DialogSpec<Of, Path>): void {
  const [method, path] = spec.request;

  async function opened() {
    const onClose = vi.fn();
    spec.given?.();
    const user = show(spec.dialog(onClose), spec.at ? { at: spec.at } : {});
    await spec.opens?.(user);
    await screen.findByRole("dialog", { name: spec.title });
    // One that waits for something is another element afterwards.
    const dialog = () => within(screen.getByRole("dialog", { name: spec.title }));
    const send = async () => user.click(await dialog().findByRole("button", { name: spec.submit }));
    const isClosed = () =>
      spec.opens ? expect(screen.queryByRole("dialog")).toBeNull() : expect(onClose).toHaveBeenCalledOnce();
    return { user, dialog, send, isClosed, onClose };
  }

  it("opens, and closes without sending anything", async () => {
    const { user, dialog, isClosed } = await opened();
    await user.click(dialog().getByRole("button", { name: "Close" }));
    await waitFor(isClosed);
    expect(sent).toEqual([]);
  });

  const { lacks } = spec;
  if (lacks) {
    it("names what is missing, and sends nothing", async () => {
      const { dialog, send } = await opened();
      await send();
      for (const words of lacks) {
        expect(dialog().getAllByText(words)).not.toEqual([]);
      }
      expect(sent).toEqual([]);
    });
  }

  it("sends what was entered, again with the same key after a lost answer, and closes", async () => {
    const { user, dialog, send, isClosed, onClose } = await opened();
    answers(method, path, spec.answer);
    losesOneAnswer(method, path);
    await spec.fill?.(user);
    await send();
    expect(await dialog().findByText("Holdfast cannot be reached")).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
    await send();
    const { leadsTo } = spec;
    await waitFor(leadsTo ? () => expect(window.location.pathname).toBe(leadsTo) : isClosed);
    const [first, second] = sent;
    expect(first).toMatchObject({ method, path: spec.sentTo ?? String(path), query: spec.query ?? {} });
    expect(first?.body).toEqual(spec.body);
    expect(first?.ifMatch).toEqual(spec.ifMatch ? `"${spec.ifMatch}"` : null);
    expect(second).toEqual(first);
    expect(sent).toHaveLength(2);
  });

  it("shows a refusal where it belongs, and stays open", async () => {
    const { user, dialog, send, onClose } = await opened();
    const [field, label] = spec.refused ?? ["", null];
    refuses(method, path, { detail: REFUSED, errors: [fieldProblem(field, REFUSED, FIX)] });
    await spec.fill?.(user);
    await send();
    if (label) {
      const refused = await dialog().findByLabelText(label, { selector: "input, textarea" });
      await waitFor(() => expect(refused).toHaveAccessibleDescription(expect.stringContaining(`${REFUSED} ${FIX}`)));
    } else {
      expect(await dialog().findByText(new RegExp(REFUSED))).toBeVisible();
    }
    expect(onClose).not.toHaveBeenCalled();
  });
}
