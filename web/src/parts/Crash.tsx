import { Button, Group } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useEffect } from "react";
import { Link, useRouteError } from "react-router";
import { Unreachable } from "@/api";
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

/** A page that could not be loaded without a network; it is loaded anew as soon as there is one. */
export function WithoutNetwork() {
  useEffect(() => {
    const reload = () => window.location.reload();
    if (navigator.onLine) {
      reload();
      return;
    }
    addEventListener("online", reload);
    return () => removeEventListener("online", reload);
  }, []);

  return (
    <Page title="This page cannot be opened">
      <ProblemNotice error={new Unreachable()} />
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
