import { Button, Group } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link, useRouteError } from "react-router";
import { HOME } from "@/routes";
import { Empty } from "./Empty";
import { Page } from "./Page";
import { ProblemNotice } from "./ProblemNotice";

/** A page that broke; the rest of the front goes on. */
export function Crash() {
  const error = useRouteError();
  return (
    <Page title="This page has an error">
      <ProblemNotice error={error} onRetry={() => window.location.reload()} />
      <Group>
        <Button component={Link} to={HOME} variant="subtle">
          Go to the calendar
        </Button>
      </Group>
    </Page>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page title="Page not found">
      <Empty
        title="There is no page at this address"
        icon={IconMapOff}
        action={{ name: "Go to the calendar", to: HOME }}
      >
        The link may be out of date or incomplete.
      </Empty>
    </Page>
  );
}
