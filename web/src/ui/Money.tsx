import { Text, type TextProps } from "@mantine/core";
import { type Amount, inDollars } from "@/money";

/** An amount as people write it, its digits under each other. */
export function Money({ amount, ...props }: { amount: Amount } & TextProps) {
  return (
    <Text span inherit className="numbers money" {...props}>
      {inDollars(amount)}
    </Text>
  );
}
