import { Group, Select, Text } from "@mantine/core";
import { IconMapPin } from "@tabler/icons-react";
import { matchPath, useLocation } from "react-router";
import { siteInWords, useSites } from "@/features/site";
import { useNow, zoneInWords } from "@/time";
import { NAVIGATION, PAGES } from "./routes";

/** Which site is looked at, and what time it is there; of pages about all sites, that they are. */
export function SiteSwitcher() {
  const { site, allSites, choose } = useSites();
  const instant = useNow(60);
  const { pathname } = useLocation();
  const isOfAll = [...NAVIGATION, ...PAGES].some(
    ({ path, ofAllSites }) => ofAllSites && matchPath(`/${path}`, pathname) !== null,
  );
  if (!site) {
    return null;
  }
  if (isOfAll) {
    return allSites.length > 1 ? (
      <Group gap={6} wrap="nowrap" c="dimmed">
        <IconMapPin size={17} aria-hidden />
        <Text size="sm">All sites</Text>
      </Group>
    ) : null;
  }
  return (
    <Select
      aria-label="Site"
      data={allSites.map((one) => ({ value: one.id, label: siteInWords(one) }))}
      value={site.id}
      onChange={(siteId) => siteId && choose(siteId)}
      allowDeselect={false}
      searchable={allSites.length > 8}
      selectFirstOptionOnChange
      leftSection={<IconMapPin size={17} aria-hidden />}
      title={`${site.time_zone}, ${zoneInWords(site.time_zone, instant)}`}
      size="sm"
      w={{ base: 148, sm: 200 }}
      comboboxProps={{ width: 260, position: "bottom-start" }}
    />
  );
}
