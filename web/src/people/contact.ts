import type { Client } from "@/api";

/** What tells clients of one name apart. */
export function contactInWords({ phone, email }: Pick<Client, "phone" | "email">): string {
  return [phone, email].filter(Boolean).join(" · ") || "No phone or e-mail on file";
}
