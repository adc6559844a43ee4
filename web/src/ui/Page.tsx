import { Group, Skeleton, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";
import classes from "./Page.module.css";

interface PageProps {
  readonly title: string;
  /** Whether the title only stands in for names that are still to come. */
  readonly isAwaited?: boolean;
  /** One line below the title. */
  readonly about?: ReactNode;
  /** What can be done here, on the right. */
  readonly actions?: ReactNode;
  /** Uses the whole width, for calendars and tables. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A page with its heading, which gets the focus when somebody comes here, so that a screen reader reads where it is. */
export function Page({ title, isAwaited = false, about, actions, wide = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();

  useEffect(() => {
    document.title = `${title} · Holdfast`;
  }, [title]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves when the address does, and not when the title does
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest("nav, header")) {
      heading.current?.focus({ preventScroll: true });
    }
  }, [pathname]);

  return (
    <Stack gap="md" className={wide ? classes.wide : classes.page}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Title order={1} fz={26} ref={heading} tabIndex={-1} style={{ overflowWrap: "anywhere" }}>
            {isAwaited ? (
              <>
                <VisuallyHidden>{title}</VisuallyHidden>
                <Skeleton height={26} my={5} width="min(280px, 60vw)" />
              </>
            ) : (
              title
            )}
          </Title>
          {about && (
            <Text c="dimmed" size="sm" component="div">
              {about}
            </Text>
          )}
        </div>
        {actions && (
          <Group gap="xs" className="no-print">
            {actions}
          </Group>
        )}
      </Group>
      {children}
    </Stack>
  );
}
