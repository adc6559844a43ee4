// What stands around every page: where one is, where one can go, whether the screen is live.
import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Kbd,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconKeyboard, IconSearch } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { Link, Outlet, NavLink as RouterLink, useLocation } from "react-router";
import { SiteChoice } from "@/features/site";
import { later, Skeletons, useAt } from "@/ui";
import { ColourScheme } from "./ColourScheme";
import { ConnectionBadge } from "./ConnectionBadge";
import { HOME, NAVIGATION, PAGES } from "./routes";
import classes from "./Shell.module.css";
import { SiteSwitcher } from "./SiteSwitcher";
import { useShortcuts } from "./useShortcuts";

const Search = later(async () => (await import("./Search")).Search);
const KeyboardHelp = later(async () => (await import("./KeyboardHelp")).KeyboardHelp);

export function Shell() {
  return (
    <SiteChoice>
      <Frame />
    </SiteChoice>
  );
}

function Frame() {
  const [menu, { toggle, close }] = useDisclosure(false);
  const [help, helping] = useDisclosure(false);
  /** How often the search was asked for by a button, and whether it was at all. */
  const [asked, setAsked] = useState(0);
  const openSearch = () => setAsked((times) => times + 1);
  const at = useAt();
  // Once it is there, the search hears its keys itself.
  useHotkeys([["mod + K", () => setAsked((times) => times || 1)]], []);
  useShortcuts(helping.open);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 228, breakpoint: "md", collapsed: { mobile: !menu } }}
      padding={{ base: "sm", sm: "lg" }}
      classNames={{ header: classes.header ?? "", navbar: classes.navbar ?? "" }}
    >
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger opened={menu} onClick={toggle} hiddenFrom="md" size="sm" aria-label="Menu" />
            <Link to={at(HOME)} className={classes.brand} aria-label="Holdfast, to the calendar">
              <img src="/holdfast.svg" alt="" width={28} height={28} />
              <Text span fw={700} visibleFrom="sm">
                Holdfast
              </Text>
            </Link>
            <SiteSwitcher />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ConnectionBadge />
            <UnstyledButton className={classes.search} onClick={openSearch} visibleFrom="sm">
              <IconSearch size={16} aria-hidden />
              <span>Search</span>
              <Kbd size="xs">Ctrl K</Kbd>
            </UnstyledButton>
            <ActionIcon variant="subtle" size="lg" aria-label="Search" onClick={openSearch} hiddenFrom="sm">
              <IconSearch size={20} />
            </ActionIcon>
            <Tooltip label="Keyboard shortcuts (?)">
              <ActionIcon
                variant="subtle"
                size="lg"
                aria-label="Keyboard shortcuts"
                onClick={helping.open}
                visibleFrom="sm"
              >
                <IconKeyboard size={20} />
              </ActionIcon>
            </Tooltip>
            <ColourScheme />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Pages">
        <AppShell.Section grow component={ScrollArea}>
          {NAVIGATION.map((page) => (
            <Destination key={page.path} page={page} onGo={close} />
          ))}
        </AppShell.Section>
        <AppShell.Section>
          <Button component={Link} to={at("/book")} fullWidth onClick={close}>
            Book a session
          </Button>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Suspense fallback={<Skeletons />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      {asked > 0 && <Search asked={asked} />}
      {help && <KeyboardHelp onClose={helping.close} />}
    </AppShell>
  );
}

function Destination({ page, onGo }: { page: (typeof NAVIGATION)[number]; onGo: () => void }) {
  const at = useAt();
  const { pathname } = useLocation();
  return (
    <NavLink
      component={RouterLink}
      to={at(`/${page.path}`)}
      onClick={onGo}
      label={page.name}
      leftSection={<page.icon size={20} stroke={1.7} aria-hidden />}
      active={[page.path, ...within(page.path)].some((path) => pathname.startsWith(`/${path}`))}
      className={classes.destination ?? ""}
    />
  );
}

/** With what the paths of pages begin that belong to one of the navigation, although theirs do not begin with its. */
function within(path: string): string[] {
  return PAGES.filter((page) => page.within === path).map((page) => page.path.split("/:")[0] ?? page.path);
}
