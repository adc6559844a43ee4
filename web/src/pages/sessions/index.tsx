import { Empty, Page } from "@/parts";

export function Component() {
  return (
    <Page title="Sessions">
      <Empty title="This page is being built" />
    </Page>
  );
}
