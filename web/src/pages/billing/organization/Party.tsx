import { Button, SimpleGrid, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api";
import { beside, Facts, FormDrawer, Panel, Shown, Tag, tell } from "@/parts";
import type { PartyField } from "./fields";
import type { PartySource, Written } from "./sources";

interface PartyProps {
  readonly title: string;
  readonly about: string;
  readonly source: PartySource;
  readonly fields: readonly PartyField[];
}

/** Somebody or something that stands on claims and papers: what is written down, and a form to write it. */
export function Party({ title, about, source, fields }: PartyProps) {
  const [writing, write] = useDisclosure(false);
  const party = useQuery({ queryKey: source.key, queryFn: ({ signal }) => read(source, signal) });
  return (
    <Panel
      title={title}
      about={about}
      actions={
        <Button variant="default" size="xs" onClick={write.open} disabled={party.data === undefined}>
          {party.data ? "Edit" : "Write down"}
        </Button>
      }
    >
      <Shown query={party}>
        {(found) =>
          found ? (
            <Facts facts={fields.map(({ name, label }) => [label, saidAt(found, name)] as const)} />
          ) : (
            <Tag tone="attention">not written down yet: claims and papers need it</Tag>
          )
        }
      </Shown>
      {writing && (
        <PartyForm title={title} source={source} fields={fields} found={party.data ?? null} onClose={write.close} />
      )}
    </Panel>
  );
}

interface PartyFormProps extends Omit<PartyProps, "about"> {
  readonly found: Written | null;
  readonly onClose: () => void;
}

function PartyForm({ title, source, fields, found, onClose }: PartyFormProps) {
  const begun = Object.fromEntries(fields.map(({ name }) => [name, found ? saidAt(found, name) : ""]));
  const [values, setValues] = useState<Readonly<Record<string, string>>>(begun);
  const queries = useQueryClient();
  const put = useMutation({
    mutationFn: () =>
      source.write(bodyOf(fields, values, found), found ? { "if-match": `"${String(found.version)}"` } : {}),
    onSuccess: (written) => {
      queries.setQueryData(source.key, written);
      tell.done(`${title} is written down.`);
      onClose();
    },
  });
  const told = beside(
    put.error,
    fields.map(({ name }) => name),
  );
  return (
    <FormDrawer
      title={title}
      onClose={onClose}
      doIt="Write it down"
      onDo={() => put.mutate()}
      busy={put.isPending}
      dirty={JSON.stringify(values) !== JSON.stringify(begun)}
      told={told}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {fields.map(({ name, label, hint, optional, type }) => (
          <TextInput
            key={name}
            label={label}
            description={hint}
            type={type === "date" ? "date" : "text"}
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
            error={told.at(name)}
            required={!optional}
            autoComplete="off"
          />
        ))}
      </SimpleGrid>
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

function saidAt(found: Written, name: string): string {
  const value = name.split(".").reduce<unknown>((part, key) => (part as Written | null)?.[key], found);
  return Array.isArray(value) ? value.join(" ") : value === null || value === undefined ? "" : String(value);
}

/** What was there and is in no field of the form stays. */
function bodyOf(
  fields: readonly PartyField[],
  values: Readonly<Record<string, string>>,
  found: Written | null,
): Written {
  const { id, version, created_at, updated_at, site_id, therapist_id, client_id, ...kept } = found ?? {};
  const body: Record<string, unknown> = { ...kept };
  for (const { name, type, optional } of fields) {
    const text = (values[name] ?? "").trim();
    const value = type === "list" ? text.split(/[\s,]+/).filter(Boolean) : optional && text === "" ? null : text;
    const [part, key] = name.split(".");
    if (part && key) {
      body[part] = { ...(body[part] as Written | undefined), [key]: value };
    } else {
      body[name] = value;
    }
  }
  return body;
}
