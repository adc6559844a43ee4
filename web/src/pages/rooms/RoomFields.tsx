import { NumberInput, SimpleGrid, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { Told } from "@/parts";
import { NAMES, type RoomFacts } from "./facts";
import { labelsOf, useEquipment } from "./useRooms";

const LARGEST_ROOM = 1000;
const LONGEST_TURNOVER_MINUTES = 120;

interface RoomFieldsProps {
  readonly facts: RoomFacts;
  readonly set: <Field extends keyof RoomFacts>(field: Field, value: RoomFacts[Field]) => void;
  readonly told: Told;
}

/** The fields of a room. */
export function RoomFields({ facts, set, told }: RoomFieldsProps) {
  const words = useEquipment();
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label={NAMES.room_number}
          description="The digits before the last two name the floor"
          placeholder="203"
          value={facts.room_number}
          onChange={(event) => set("room_number", event.currentTarget.value)}
          error={told.at("room_number")}
          autoComplete="off"
          required
          data-autofocus
        />
        <TextInput
          label={NAMES.room_name}
          description="Name shown to staff"
          placeholder="Willow"
          value={facts.room_name}
          onChange={(event) => set("room_name", event.currentTarget.value)}
          error={told.at("room_name")}
          autoComplete="off"
          required
        />
        <NumberInput
          label={NAMES.capacity}
          description="Number of seats"
          value={facts.capacity}
          onChange={(value) => set("capacity", typeof value === "number" ? value : "")}
          error={told.at("capacity")}
          min={1}
          max={LARGEST_ROOM}
          allowDecimal={false}
          required
        />
        <NumberInput
          label={NAMES.turnover_minutes}
          description="Minutes kept free after each session"
          value={facts.turnover_minutes}
          onChange={(value) => set("turnover_minutes", typeof value === "number" ? value : "")}
          error={told.at("turnover_minutes")}
          min={0}
          max={LONGEST_TURNOVER_MINUTES}
          step={5}
          suffix=" min"
          allowDecimal={false}
        />
      </SimpleGrid>
      <TagsInput
        label={NAMES.equipment}
        description="Choose, or type a new one such as sand_tray and press Enter"
        data={words.map(({ name }) => name)}
        value={facts.equipment}
        onChange={(value) => set("equipment", value.map(asName))}
        renderOption={({ option }) => labelsOf([option.value], words)[0]}
        error={told.at("equipment")}
        clearable={false}
      />
      <Textarea
        label={NAMES.notes}
        description="For staff only."
        value={facts.notes}
        onChange={(event) => set("notes", event.currentTarget.value)}
        error={told.at("notes")}
        autosize
        minRows={2}
        maxLength={2000}
      />
    </>
  );
}

function asName(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}
