import { Empty, Page } from "@/parts";

export function Component() {
  return (
    <Page title="Book">
      <Empty title="This page is being built" />
    </Page>
  );
}
