import { Empty, Page } from "@/parts";

export function Component() {
  return (
    <Page title="Catalog">
      <Empty title="This page is being built" />
    </Page>
  );
}
