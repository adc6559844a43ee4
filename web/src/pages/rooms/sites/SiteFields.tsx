import { Textarea, TextInput } from "@mantine/core";
import { type FieldErrors, ListSelect } from "@/ui";

export interface SiteFacts {
  site_name: string;
  time_zone: string;
  address: string;
}

export const NAMES: Readonly<Record<keyof SiteFacts, string>> = {
  site_name: "Name",
  time_zone: "Time zone",
  address: "Address",
};

export const FIELDS = Object.keys(NAMES) as (keyof SiteFacts)[];

const ZONES = Intl.supportedValuesOf("timeZone");

interface SiteFieldsProps {
  readonly facts: SiteFacts;
  readonly set: (field: keyof SiteFacts, value: string) => void;
  readonly errors: FieldErrors;
}

/** The fields of a site, but for its hours. */
export function SiteFields({ facts, set, errors }: SiteFieldsProps) {
  const zones = ZONES.includes(facts.time_zone) || !facts.time_zone ? ZONES : [facts.time_zone, ...ZONES];
  return (
    <>
      <TextInput
        label={NAMES.site_name}
        placeholder="Harbor Street Clinic"
        value={facts.site_name}
        onChange={(event) => set("site_name", event.currentTarget.value)}
        error={errors.at("site_name")}
        maxLength={200}
        required
        data-autofocus
      />
      <ListSelect
        label={NAMES.time_zone}
        description="All times at the site are in this zone"
        data={zones.map((zone) => ({ value: zone, label: zone }))}
        value={facts.time_zone || null}
        onChange={(value) => set("time_zone", value ?? "")}
        error={errors.at("time_zone")}
        limit={50}
        nothingFoundMessage="No matching time zone"
        required
      />
      <Textarea
        label={NAMES.address}
        value={facts.address}
        onChange={(event) => set("address", event.currentTarget.value)}
        error={errors.at("address")}
        autosize
        minRows={2}
      />
    </>
  );
}
