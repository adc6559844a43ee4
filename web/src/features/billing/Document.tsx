// Links to documents that need details of clients, therapists and sites: what is missing is shown in the page, with the way there.
import { Anchor, List, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type MouseEvent, type ReactNode, useState } from "react";
import { Link } from "react-router";
import { asProblem, download, type FieldProblem } from "@/api";
import { ProblemNotice, useAt, useFocusBack } from "@/ui";

export interface About {
  readonly recordId?: string;
  readonly clientId: string;
  readonly siteId?: string;
  readonly therapistId?: string;
}

interface Wanted {
  readonly href: string;
  /** The name of the file, where it is to be saved and not shown. */
  readonly saveAs?: string;
}

export interface DocumentLink {
  /** What an anchor needs; the address stays for a click with a modifier key. */
  readonly link: (wanted: Wanted) => { href: string; onClick: (event: MouseEvent) => void };
  readonly isBusy: boolean;
  /** The dialog with the reasons why there is no document. */
  readonly notice: ReactNode;
}

/** Open documents in a new tab, or save them; a refusal is shown in the page, and so is a link where the browser opens no tab. */
export function useDocument(about: About): DocumentLink {
  const [blocked, setBlocked] = useState<string | null>(null);
  const open = useMutation({
    mutationFn: request,
    onSuccess: (document) => setBlocked(show(document) ? null : document.href),
  });
  const { error } = open;
  return {
    link: (wanted) => ({
      href: wanted.href,
      onClick: (event) => {
        if (!(event.ctrlKey || event.metaKey || event.shiftKey)) {
          event.preventDefault();
          open.mutate(wanted);
        }
      },
    }),
    isBusy: open.isPending,
    notice: error ? (
      <Refused error={error} about={about} onClose={open.reset} />
    ) : (
      blocked && <Blocked href={blocked} onClose={() => setBlocked(null)} />
    ),
  };
}

interface RefusedProps {
  readonly error: unknown;
  readonly about: About;
  readonly onClose: () => void;
}

function Refused({ error, about, onClose }: RefusedProps) {
  useFocusBack();
  const problem = asProblem(error);
  const isIncomplete = problem.code === "paper-incomplete";
  return (
    <Modal opened onClose={onClose} title="The document cannot be created">
      {isIncomplete ? (
        <Stack gap="sm">
          <Text size="sm">Enter what is missing, then open the document again.</Text>
          <Lacking errors={problem.errors} about={about} onLeave={onClose} />
        </Stack>
      ) : (
        <ProblemNotice error={error} />
      )}
    </Modal>
  );
}

interface LackingProps {
  readonly errors: readonly FieldProblem[];
  readonly about: About;
  readonly onLeave: () => void;
}

/** The details that a document lacks, each with the way to where it is entered. */
export function Lacking({ errors, about, onLeave }: LackingProps) {
  const at = useAt();
  return (
    <List size="sm" spacing={6}>
      {errors.map(({ field, message }) => (
        <List.Item key={field}>
          {message}{" "}
          <Anchor
            component={Link}
            to={at(placeOf(field, about))}
            size="sm"
            fw={600}
            underline="always"
            onClick={onLeave}
          >
            {NAMES[field] ?? "Enter it"}
          </Anchor>
        </List.Item>
      ))}
    </List>
  );
}

/** Browsers that open a tab only at a click itself need another one. */
function Blocked({ href, onClose }: { href: string; onClose: () => void }) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title="The document is ready">
      <Stack gap="sm">
        <Text size="sm">The browser did not open a new tab by itself.</Text>
        <Anchor href={href} target="_blank" size="sm" fw={600} underline="always" onClick={onClose}>
          Open the document
        </Anchor>
      </Stack>
    </Modal>
  );
}

const NAMES: Readonly<Record<FieldProblem["field"], string>> = {
  organization: "Enter the organization's details",
  facility: "Enter the site's details",
  provider: "Enter the therapist's details",
  client: "Enter the client's details",
  diagnoses: "Enter the session's diagnoses",
};

/** Where what is missing is entered: the form opens there. */
function placeOf(field: FieldProblem["field"], { recordId, clientId, siteId, therapistId }: About): string {
  switch (field) {
    case "organization":
      return "/billing/organization?edit=organization";
    case "facility":
      return `/billing/organization?edit=${siteId ?? ""}`;
    case "provider":
      return `/billing/organization?edit=${therapistId ?? ""}`;
    case "diagnoses":
      return `/billing/records/${recordId ?? ""}?edit=diagnoses`;
    default:
      return `/billing/clients/${clientId}?edit=profile`;
  }
}

async function request(wanted: Wanted): Promise<Wanted & { content: Blob }> {
  return { ...wanted, content: await download(wanted.href) };
}

/** Whether the browser shows or saves it. */
function show({ href, saveAs, content }: Wanted & { content: Blob }): boolean {
  if (saveAs === undefined) {
    // The document's own address, so that the browser's viewer has its name.
    return window.open(href, "_blank") !== null;
  }
  const saved = document.createElement("a");
  saved.href = URL.createObjectURL(content);
  saved.download = saveAs;
  saved.click();
  URL.revokeObjectURL(saved.href);
  return true;
}
