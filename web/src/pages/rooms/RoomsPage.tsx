import type { ReactNode } from "react";
import { Page, Places } from "@/ui";

const PLACES = [
  ["Rooms", "/rooms"],
  ["Opening hours", "/rooms/hours"],
  ["Utilization", "/rooms/utilization"],
  ["What if", "/rooms/what-if"],
  ["Equipment", "/rooms/equipment"],
  ["Sites", "/rooms/sites"],
  ["Booking policies", "/policies"],
] as const;

interface RoomsPageProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** One of the pages about rooms, with the way to the others. */
export function RoomsPage({ title, about, actions, children }: RoomsPageProps) {
  return (
    <Page title={title} about={about} actions={actions}>
      <Places name="Rooms" places={PLACES} />
      {children}
    </Page>
  );
}
