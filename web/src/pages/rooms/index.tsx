import { Empty, Page } from "@/parts";

export function Component() {
  return (
    <Page title="Rooms">
      <Empty title="This page is being built" />
    </Page>
  );
}
