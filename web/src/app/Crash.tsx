import { Button, Group } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Component, type ReactNode, useEffect } from "react";
import { Link, useLocation } from "react-router";
import { Unreachable } from "@/api";
import { Empty, Page, ProblemNotice } from "@/ui";
import { HOME } from "./routes";

/** Says what broke in its place, until somebody goes elsewhere; the rest of the front goes on. */
export function Boundary({ children }: { children: ReactNode }) {
  return <BoundaryAt at={useLocation().pathname}>{children}</BoundaryAt>;
}

interface BoundaryProps {
  readonly at: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly at: string;
  readonly broken: { readonly error: unknown } | null;
}

class BoundaryAt extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { at: this.props.at, broken: null };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { broken: { error } };
  }

  static getDerivedStateFromProps({ at }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return at === state.at ? null : { at, broken: null };
  }

  override render() {
    return this.state.broken ? <Crash error={this.state.broken.error} /> : this.props.children;
  }
}

function Crash({ error }: { error: unknown }) {
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
