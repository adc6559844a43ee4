import { Button, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconLeaf } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

interface EmptyProps {
  readonly title: string;
  readonly icon?: typeof IconLeaf;
  readonly action?:
    | { readonly name: string; readonly to: string }
    | { readonly name: string; readonly onClick: () => void };
  readonly children?: ReactNode;
}

/** There is nothing here, why that is so, and what to do about it. */
export function Empty({ title, icon: Icon = IconLeaf, action, children }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
        <Icon size={26} />
      </ThemeIcon>
      <Title order={2} fz={18}>
        {title}
      </Title>
      {children && (
        <Text c="dimmed" maw={460} size="sm" component="div">
          {children}
        </Text>
      )}
      {action &&
        ("to" in action ? (
          <Button mt="xs" component={Link} to={action.to}>
            {action.name}
          </Button>
        ) : (
          <Button mt="xs" onClick={action.onClick}>
            {action.name}
          </Button>
        ))}
    </Stack>
  );
}
