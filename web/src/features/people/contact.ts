// How clients are reached: in words, and as it is typed or pasted.
import type { Client } from "@/api";
import { conventionsHere } from "@/time";

/** In front of what is copied from a web page or a letter. */
const MAIL_LINK = /^mailto:\s*/i;
const PHONE_WORD = /^(?:tel(?:ephone|efon)?|phone|fon)\b[.:\s]*/i;
const EMAIL = /^[^@\s:]+@[^@\s:]+$/;
/** As the service understands it. */
const PHONE = /^[+()\-./ 0-9x]{3,}$/;
/** Numbers that are nobody's, by country. */
const PHONES: Readonly<Record<string, string>> = {
  AU: "+61 2 5550 1234",
  CA: "+1 416 555 0134",
  DE: "+49 30 23125 123",
  FR: "+33 1 99 00 12 34",
  GB: "+44 20 7946 0958",
  US: "+1 212 555 0134",
};

/** What distinguishes clients of one name. */
export function contactInWords({ phone, email }: Pick<Client, "phone" | "email">): string {
  return [phone, email].filter(Boolean).join(" · ") || "No phone or e-mail on file";
}

/** An e-mail address without the `mailto:` of a link. */
export function typedEmail(text: string): string {
  return text.trim().replace(MAIL_LINK, "");
}

/** A phone number without the word in front of it, such as `Tel.` */
export function typedPhone(text: string): string {
  return text.trim().replace(PHONE_WORD, "");
}

/** What is wrong with an e-mail address, and what would work; null where it is one, or nothing. */
export function againstEmail(text: string): string | null {
  const email = typedEmail(text);
  return email === "" || EMAIL.test(email) ? null : "Enter an e-mail address, such as name@example.com.";
}

/** What is wrong with a phone number, with an example of the country of the site. */
export function againstPhone(text: string, locale = conventionsHere().locale): string | null {
  const phone = typedPhone(text);
  const example = PHONES[new Intl.Locale(locale).region ?? ""] ?? PHONES.US;
  return phone === "" || PHONE.test(phone) ? null : `Enter a phone number, such as ${example}.`;
}
