import { ListSelect } from "@/ui";

const ZONES = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }));

interface ZoneSelectProps {
  readonly value: string;
  readonly onChange: (zone: string | null) => void;
  readonly error?: string | undefined;
}

/** The zone in which somebody lives. */
export function ZoneSelect(props: ZoneSelectProps) {
  return <ListSelect label="Time zone" data={ZONES} limit={60} {...props} />;
}
