import { Paper, SimpleGrid, Text } from "@mantine/core";
import type { Report } from "@/api";
import { inDollars } from "@/money";
import { numberInWords } from "@/ui/text";
import { columnInWords } from "./reports";

/** What no column of a report sums to, such as what was owed at the beginning and at the end. */
export function Figures({ report }: { report: Report }) {
  const figures = Object.entries(report.figures);
  return (
    figures.length > 0 && (
      <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }}>
        {figures.map(([name, value]) => (
          <Paper key={name} withBorder p="sm">
            <Text size="sm" c="dimmed">
              {columnInWords(name)}
            </Text>
            <Text fz={20} fw={600} className="numbers">
              {typeof value === "number" ? numberInWords(value) : inDollars(String(value ?? "–"))}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
    )
  );
}
