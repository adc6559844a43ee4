import { Empty, Page } from "@/parts";

export function Component() {
  return (
    <Page title="Operations">
      <Empty title="This page is being built" />
    </Page>
  );
}
