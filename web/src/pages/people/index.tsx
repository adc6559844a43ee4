import { Empty, Page } from "@/parts";

export function Component() {
  return (
    <Page title="Clients & therapists">
      <Empty title="This page is being built" />
    </Page>
  );
}
