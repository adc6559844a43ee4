// Diagnoses in their order, the primary one first; where the clinic has a list of codes, they are found by code or words.
import { Group, TagsInput, type TagsInputProps, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRef, useState } from "react";
import { api } from "@/api";
import { useUnread } from "@/ui";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;
/** A claim has room for so many. */
const MOST = 12;
const CODE = /^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$/i;

interface DiagnosesInputProps extends Omit<TagsInputProps, "value" | "onChange" | "data"> {
  readonly value: readonly string[];
  readonly onChange: (codes: readonly string[]) => void;
  /** The day on which the codes that are proposed are valid. */
  readonly validOn: string;
}

export function DiagnosesInput({ value, onChange, validOn, error, ...props }: DiagnosesInputProps) {
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const field = useRef<HTMLInputElement>(null);
  const [isLeft, setLeft] = useState(false);
  const unread =
    typed.trim() === "" || CODE.test(typed.trim()) ? null : "Choose a code from the list, or empty the field.";
  useUnread(field, unread);
  const found = api.useQuery(
    "get",
    "/api/billing/diagnosis-codes",
    { params: { query: { valid_on: validOn, limit: FOUND_AT_MOST, q: words } } },
    { enabled: words !== "", placeholderData: (before) => before },
  );
  const descriptions = new Map((found.data?.items ?? []).map(({ code, description }) => [code, description]));
  return (
    <TagsInput
      {...props}
      ref={field}
      value={[...value]}
      onChange={(codes) => onChange([...new Set(codes.map((code) => code.trim().toUpperCase()))])}
      searchValue={typed}
      onSearchChange={setTyped}
      onInput={() => setLeft(false)}
      onBlur={() => setLeft(true)}
      onInvalid={() => setLeft(true)}
      error={unread ? isLeft && unread : error}
      // Nothing is proposed before something is typed, so that the list never lies over the form's buttons.
      data={typed.trim() ? [...descriptions.keys()] : []}
      // The service has searched already, in code and description.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <Group gap={8} wrap="nowrap">
          <Text span size="sm" fw={600}>
            {option.value}
          </Text>
          <Text span size="sm">
            {descriptions.get(option.value)}
          </Text>
        </Group>
      )}
      maxTags={MOST}
      // What is typed counts when the form is saved only if it is a code; words are a search.
      acceptValueOnBlur={CODE.test(typed.trim())}
      withPillsReorder
    />
  );
}
