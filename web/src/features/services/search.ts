// Services found by any words of their name or code: a catalog may be longer than any list that is read at once.
import { useDebouncedValue } from "@mantine/hooks";
import { api, type Service } from "@/api";
import { type Failure, useFailure } from "@/ui";
import { hasEveryWord } from "@/ui/text";
import { serviceInWords } from "./names";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;

/** Which services are meant. */
export interface Among {
  readonly bookable?: true;
  readonly kind?: NonNullable<Service["kind"]>[];
  /** Also those that are not offered any more. */
  readonly inactive?: true;
}

interface Found {
  readonly services: Service[];
  readonly isSettled: boolean;
  readonly failure: Failure | null;
}

/** What is found for the words, and until that is known, what of the answer before still fits them. */
export function useFound(typed: string, { inactive, ...among }: Among): Found {
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const found = api.useQuery(
    "get",
    "/api/catalog/services",
    {
      params: {
        query: {
          ...(inactive ? {} : { is_active: true }),
          ...among,
          limit: FOUND_AT_MOST,
          ...(words ? { q: words } : {}),
        },
      },
    },
    { placeholderData: (before) => before },
  );
  const failure = useFailure(found);
  const isSettled = words === typed.trim() && found.data !== undefined && !found.isPlaceholderData;
  const services = (found.data?.items ?? []).filter(
    (service) => isSettled || hasEveryWord(serviceInWords(service), typed),
  );
  return { services: wholeCodeFirst(services, typed), isSettled, failure };
}

/** As the catalog orders what it has found for all of the text. */
function wholeCodeFirst(services: readonly Service[], typed: string): Service[] {
  const isOther = ({ service_code }: Service) => service_code.toUpperCase() !== typed.trim().toUpperCase();
  return [...services].sort((one, other) => Number(isOther(one)) - Number(isOther(other)));
}
