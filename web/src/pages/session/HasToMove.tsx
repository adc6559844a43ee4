import { Alert, Anchor, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useAt } from "@/ui";

/** Why a session that was kept cannot take place as it is, what to do, and where everything of that kind is listed. */
export function HasToMove({
  title,
  children,
  list,
}: {
  title: string;
  children: ReactNode;
  list: { path: string; name: string };
}) {
  const at = useAt();
  return (
    <Alert role="status" color="yellow" icon={<IconAlertTriangle aria-hidden />} title={title}>
      <Text size="sm">
        {children}{" "}
        <Anchor component={Link} to={at(list.path)} inherit underline="always">
          {list.name}
        </Anchor>
        .
      </Text>
    </Alert>
  );
}
