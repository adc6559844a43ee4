import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api";
import { dateInWords } from "@/time";
import { Facts, FormDrawer, fieldErrors, Loaded, notify, Panel, Tag, useAddress } from "@/ui";
import { Fields } from "./Fields";
import { type Field, type Typed, typedOf, valueAt, type Written, writtenOf } from "./form";
import type { PartySource } from "./sources";

interface PartyProps {
  /** What the address calls it: with `?edit=` and this the form is open. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly source: PartySource;
  readonly fields: readonly Field[];
  /** What stands in fields of the form while nothing is written down; null while that is being loaded. */
  readonly suggested?: Typed | null;
}

/** Somebody or something that stands on claims and documents: what is written down, and a form to write it. */
export function Party({ name, title, about, source, fields, suggested }: PartyProps) {
  const [query, put] = useAddress();
  const isWriting = query.get("edit") === name;
  const party = useQuery({ queryKey: source.key, queryFn: ({ signal }) => read(source, signal) });
  return (
    <Panel
      title={title}
      about={about}
      actions={
        party.data !== undefined && (
          <Button variant="default" size="xs" onClick={() => put({ edit: name })}>
            {party.data ? "Edit" : "Add"}
          </Button>
        )
      }
    >
      <Loaded query={party}>
        {(found) =>
          found ? (
            <Facts facts={fields.map((field) => [field.label, inWords(field, valueAt(found, field.name))] as const)} />
          ) : (
            <Tag tone="attention" wraps>
              missing: needed for claims and documents
            </Tag>
          )
        }
      </Loaded>
      {isWriting && party.data !== undefined && suggested !== null && (
        <PartyForm
          title={title}
          source={source}
          fields={fields}
          found={party.data}
          {...(suggested ? { suggested } : {})}
          onClose={() => put({ edit: null })}
        />
      )}
    </Panel>
  );
}

interface PartyFormProps extends Omit<PartyProps, "about" | "name" | "suggested"> {
  readonly found: Written | null;
  readonly suggested?: Typed;
  readonly onClose: () => void;
}

export function PartyForm({ title, source, fields, found, suggested, onClose }: PartyFormProps) {
  const begun = found ? typedOf(fields, found) : { ...typedOf(fields, found), ...suggested };
  const [typed, type] = useState(begun);
  const queries = useQueryClient();
  const put = useMutation({
    mutationFn: () =>
      source.write(writtenOf(fields, typed, keptOf(found)), found ? { "if-match": `"${String(found.version)}"` } : {}),
    onSuccess: (written) => {
      queries.setQueryData(source.key, written);
      notify.done(`${title} is saved.`);
      onClose();
    },
  });
  const errors = fieldErrors(
    put.error,
    fields.map(({ name }) => name),
  );
  return (
    <FormDrawer
      title={title}
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => put.mutate()}
      busy={put.isPending}
      dirty={JSON.stringify(typed) !== JSON.stringify(begun)}
      errors={errors}
    >
      <Fields fields={fields} typed={typed} onType={type} errors={errors} />
    </FormDrawer>
  );
}

/** What is written down; null where nothing is. */
async function read(source: PartySource, signal: AbortSignal): Promise<Written | null> {
  try {
    return (await source.read(signal)) ?? null;
  } catch (error) {
    if (asProblem(error).status === 404) {
      return null;
    }
    throw error;
  }
}

function inWords({ type, choices }: Field, value: string): string {
  switch (type) {
    case "flag":
      return value === "true" ? "yes" : "no";
    case "choice":
      return choices?.find((choice) => choice.value === value)?.label ?? value;
    case "birthday":
      return value && dateInWords(value);
    default:
      return value;
  }
}

/** What the service adds of its own is not sent back to it. */
function keptOf(found: Written | null): Written {
  const { id, version, created_at, updated_at, site_id, therapist_id, client_id, ...kept } = found ?? {};
  return kept;
}
