import { SimpleGrid, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { ChangeEvent } from "react";
import { type FieldErrors, MinutesField, NumberField } from "@/ui";
import { NAMES, type RoomFacts } from "./facts";
import { labelsOf, useEquipment } from "./useRooms";

const LARGEST_ROOM = 1000;
const LONGEST_TURNOVER_MINUTES = 120;

interface RoomFieldsProps {
  readonly facts: RoomFacts;
  readonly set: <Field extends keyof RoomFacts>(field: Field, value: RoomFacts[Field]) => void;
  readonly errors: FieldErrors;
}

/** The fields of a room. */
export function RoomFields({ facts, set, errors }: RoomFieldsProps) {
  const words = useEquipment();
  const text = (field: "room_number" | "room_name" | "notes") => ({
    label: NAMES[field],
    value: facts[field],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => set(field, event.currentTarget.value),
    error: errors.at(field),
  });
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          {...text("room_number")}
          description="The digits before the last two name the floor"
          placeholder="203"
          autoComplete="off"
          required
          data-autofocus
        />
        <TextInput
          {...text("room_name")}
          description="Name shown to staff"
          placeholder="Willow"
          autoComplete="off"
          required
        />
        <NumberField
          label={NAMES.capacity}
          description="Number of seats"
          value={facts.capacity === "" ? null : facts.capacity}
          onChange={(value) => set("capacity", value ?? "")}
          error={errors.at("capacity")}
          most={LARGEST_ROOM}
          required
        />
        <MinutesField
          label={NAMES.turnover_minutes}
          description="Minutes kept free after each session"
          value={facts.turnover_minutes === "" ? null : facts.turnover_minutes}
          onChange={(value) => set("turnover_minutes", value ?? "")}
          error={errors.at("turnover_minutes")}
          most={LONGEST_TURNOVER_MINUTES}
        />
      </SimpleGrid>
      <TagsInput
        label={NAMES.equipment}
        description="Choose, or type a new one such as sand_tray and press Enter"
        data={words.map(({ name }) => name)}
        value={facts.equipment}
        onChange={(value) => set("equipment", value.map(asName))}
        renderOption={({ option }) => labelsOf([option.value], words)[0]}
        error={errors.at("equipment")}
        clearable={false}
      />
      <Textarea {...text("notes")} description="For staff only." autosize minRows={2} maxLength={2000} />
    </>
  );
}

function asName(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}
