// The site that somebody works at: the address names it, the browser remembers it.

import { Alert, Button, Group } from "@mantine/core";
import { DatesProvider } from "@mantine/dates";
import { IconMapOff } from "@tabler/icons-react";
import { createContext, Fragment, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef } from "react";
import { useLocation, useSearchParams } from "react-router";
import { api, type Site } from "@/api";
import { conventionsHere, followConventionsOf } from "@/time";
import { Empty, KeptInLinks, Loaded, Page, ProblemNotice, Skeletons, useAt } from "@/ui";
import { bySiteName, siteOf } from "./which";

export { bySiteName, siteInWords } from "./which";

const REMEMBERED = "holdfast-site";
/** The sites as they were last read: pages that need nothing else of rooms open while rooms is away. */
const KNOWN = "holdfast-sites";
const PARAMETER = "site";
const SITES_AT_MOST = 500;

interface Here {
  /** Null where there is no site at all, while the sites are not known, and where the address names one that is not among them. */
  readonly site: Site | null;
  /** What the address or the browser names while the sites are not known. */
  readonly siteId: string | null;
  /** Whether the address names a site that does not exist. */
  readonly isUnknown: boolean;
  /** The sites in use: where something new can be booked. */
  readonly sites: readonly Site[];
  /** Every site, those in use first: closed ones keep what was booked there, on their clocks. */
  readonly allSites: readonly Site[];
  readonly choose: (siteId: string, how?: { readonly replace: boolean }) => void;
  readonly isKnown: boolean;
  /** Why the sites could not be read; they are requested again automatically. */
  readonly failure: unknown;
  readonly retry: () => void;
}

const HereContext = createContext<Here | null>(null);

/** The sites, the one that is looked at, and how to go to another. */
export function useSites(): Here {
  const here = useContext(HereContext);
  if (!here) {
    throw new Error("a page asked for its site outside of the shell");
  }
  return here;
}

/** The site that is looked at; for pages inside of `NeedsSite`. */
export function useSite(): Site {
  const { site } = useSites();
  if (!site) {
    throw new Error("a page that needs a site was shown without one");
  }
  return site;
}

/** Goes once to the site of what a page shows: the link to it may name none, or another. */
export function useFollowSite(siteId: string): void {
  const { site, allSites, choose } = useSites();
  const followed = useRef<string | null>(null);
  const isKnown = site !== null && allSites.some(({ id }) => id === siteId);
  const isElsewhere = isKnown && site.id !== siteId;
  useEffect(() => {
    if (isKnown && followed.current !== siteId) {
      followed.current = siteId;
      if (isElsewhere) {
        choose(siteId, { replace: true });
      }
    }
  }, [isKnown, isElsewhere, siteId, choose]);
}

/** The site of something, closed ones too, and its time zone; undefined and UTC where it is not found, which has to be stated. */
export function useSiteOf(siteId: string): { readonly site: Site | undefined; readonly zone: string } {
  const [found] = useSitesOf([siteId]);
  return found ?? { site: undefined, zone: "UTC" };
}

/** The same of several, in their order. */
export function useSitesOf(siteIds: readonly string[]) {
  const { allSites, isKnown, retry } = useSites();
  const byId = useMemo(() => new Map(allSites.map((site) => [site.id, site])), [allSites]);
  const missed = isKnown ? [...new Set(siteIds.filter((id) => !byId.has(id)))].join(" ") : "";
  const reread = useRef(retry);
  useEffect(() => {
    reread.current = retry;
  }, [retry]);
  // They may have been added since the sites were read.
  useEffect(() => {
    if (missed) {
      reread.current();
    }
  }, [missed]);
  return siteIds.map((id) => {
    const site = byId.get(id);
    return { site, zone: site?.time_zone ?? "UTC" };
  });
}

/** Says, where the site of something is not found, in which time zone its times are written instead. */
export function SiteNotFound({ site }: { site: Site | undefined }) {
  return site ? null : (
    <Alert role="alert" color="yellow" title="The site was not found">
      Its time zone is unknown: all times here are in UTC, not on the site's clock.
    </Alert>
  );
}

/** Finds out which site is meant; what is around the page stands meanwhile, and while the sites cannot be read. */
export function SiteChoice({ children }: { children: ReactNode }) {
  const [query, setQuery] = useSearchParams();
  const { pathname } = useLocation();
  const found = api.useQuery(
    "get",
    "/api/rooms/sites",
    { params: { query: { limit: SITES_AT_MOST } } },
    {
      initialData: knownSites,
      initialDataUpdatedAt: 0, // read again at once
    },
  );
  const answered = found.data?.items;
  useEffect(() => {
    if (found.data && found.dataUpdatedAt > 0) {
      localStorage.setItem(KNOWN, JSON.stringify(found.data));
    }
  }, [found.data, found.dataUpdatedAt]);
  const allSites = useMemo(
    () =>
      answered &&
      [...answered].sort((one, other) => Number(other.is_active) - Number(one.is_active) || bySiteName(one, other)),
    [answered],
  );
  const named = query.get(PARAMETER);
  const site = allSites ? siteOf(allSites, named, localStorage.getItem(REMEMBERED)) : null;
  const isMissed = site === null && named !== null && allSites !== undefined && allSites.length > 0;
  const isUnknown = isMissed && !found.isFetching;
  const { refetch } = found;

  // It may have been added since the sites were read.
  useEffect(() => {
    if (isMissed) {
      void refetch();
    }
  }, [isMissed, refetch]);

  useEffect(() => {
    if (site) {
      localStorage.setItem(REMEMBERED, site.id);
      // While the page is loaded to which somebody goes, another address here would call that off; afterwards the site is added there.
      if (site.id !== named && pathname === window.location.pathname) {
        setQuery((before) => withSite(before, site.id), { replace: true });
      }
    }
  }, [site, named, pathname, setQuery]);

  // Before anything below is drawn: days and times are written as at the site that is looked at.
  const conventions = site ? followConventionsOf(site.time_zone) : conventionsHere();
  const choose = useCallback(
    (siteId: string, how?: { readonly replace: boolean }) => {
      localStorage.setItem(REMEMBERED, siteId);
      setQuery((before) => withSite(before, siteId), how);
    },
    [setQuery],
  );
  const siteId = allSites ? (site?.id ?? null) : (named ?? localStorage.getItem(REMEMBERED));
  // Said at the first failure, while the request is still repeated.
  const failure = allSites ? null : (found.error ?? found.failureReason);
  const here = useMemo(
    () => ({
      site,
      siteId,
      isUnknown,
      sites: (allSites ?? []).filter(({ is_active }) => is_active),
      allSites: allSites ?? [],
      choose,
      isKnown: allSites !== undefined,
      failure,
      retry: () => void refetch(),
    }),
    [site, siteId, isUnknown, allSites, choose, failure, refetch],
  );

  const kept = useMemo(() => (siteId ? { [PARAMETER]: siteId } : {}), [siteId]);

  return (
    <HereContext value={here}>
      <KeptInLinks value={kept}>
        <DatesProvider settings={{ firstDayOfWeek: conventions.firstDayOfWeek }}>
          {/* Whatever is on the screen is written anew where dates and times are written otherwise. */}
          <Fragment key={conventions.locale}>{children}</Fragment>
        </DatesProvider>
      </KeptInLinks>
    </HereContext>
  );
}

/** Shows a page once the sites are known; `whileUnknown`, also while they cannot be read. */
export function OnceSitesAreKnown({ children, whileUnknown }: { children: ReactNode; whileUnknown: boolean }) {
  const { isKnown, failure, retry } = useSites();
  if (isKnown || (whileUnknown && failure)) {
    return children;
  }
  return failure ? <ProblemNotice error={failure} onRetry={retry} /> : <Skeletons />;
}

/** Shows a page only where there is a site for it. */
export function NeedsSite({ children }: { children: ReactNode }) {
  const { site, isUnknown, allSites } = useSites();
  const at = useAt();
  if (isUnknown) {
    return <UnknownSite />;
  }
  if (!site && allSites.length > 0) {
    return <Skeletons />;
  }
  return site ? (
    children
  ) : (
    <Empty title="There is no site yet" action={{ name: "Add the first site", to: at("/rooms") }}>
      A site has a time zone, opening hours and rooms; sessions take place there.
    </Empty>
  );
}

/** Says that the address names no site, and offers those in use. */
function UnknownSite() {
  return (
    <Page title="Unknown site">
      <Empty title="No site matches this link" icon={IconMapOff}>
        It may be incomplete. Choose a site:
      </Empty>
      <ChooseSite />
    </Page>
  );
}

/** In place of a page that books something at a closed site: that it is closed, and the sites where it can be booked. */
export function ClosedSite({ site, title }: { site: Site; title: string }) {
  return (
    <Page title={title}>
      <Empty title={`${site.site_name} is closed`} icon={IconMapOff}>
        Nothing can be booked there until it is reopened. Choose another site:
      </Empty>
      <ChooseSite />
    </Page>
  );
}

function ChooseSite() {
  const { sites, choose } = useSites();
  return (
    <Group justify="center" gap="xs">
      {sites.map(({ id, site_name }) => (
        <Button key={id} variant="default" onClick={() => choose(id)}>
          {site_name}
        </Button>
      ))}
    </Group>
  );
}

/** The time zone of the network, whose days postings, claim files and reports have; on other pages the site's until it is loaded. */
export function useNetworkZone(): string {
  const { site } = useSites();
  return useNetwork().data?.time_zone ?? site?.time_zone ?? "UTC";
}

/** Shows a page about all sites once the network's time zone is known. */
export function NeedsNetwork({ children }: { children: ReactNode }) {
  return <Loaded query={useNetwork()}>{() => children}</Loaded>;
}

function useNetwork() {
  return api.useQuery("get", "/api/billing/network", {}, { staleTime: Number.POSITIVE_INFINITY });
}

function knownSites(): { items: Site[] } | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KNOWN) ?? "null");
    return Array.isArray(kept?.items) && kept.items.length > 0 ? kept : undefined;
  } catch {
    return undefined; // somebody wrote something else there
  }
}

function withSite(query: URLSearchParams, siteId: string): URLSearchParams {
  const next = new URLSearchParams(query);
  next.set(PARAMETER, siteId);
  return next;
}
