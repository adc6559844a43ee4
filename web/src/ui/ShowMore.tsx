import { Button, Group, Text } from "@mantine/core";
import { ProblemNotice } from "./ProblemNotice";

interface ShowMoreProps {
  readonly found: {
    readonly error: unknown;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
  /** How many are shown, in words: what they are of all of them is added. */
  readonly count: string;
}

/** Below a list that is read page by page: how much of it is shown, and more of it. */
export function ShowMore({ found, count }: ShowMoreProps) {
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {found.hasNextPage ? `The first ${count}` : count}
        </Text>
        {found.hasNextPage && (
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show more
          </Button>
        )}
      </Group>
      {found.isFetchNextPageError && <ProblemNotice error={found.error} />}
    </>
  );
}
