// The whole front: its theme, its data, its live updates and its pages.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, lazy, useEffect } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { NeedsNetwork, NeedsSite, OnceSitesAreKnown } from "@/features/site";
import { Live } from "@/live";
import { Boundary, NotFound, WithoutNetwork } from "./Crash";
import { Messages } from "./Messages";
import { queries } from "./queries";
import { HOME, NAVIGATION, PAGES, type PageRoute } from "./routes";
import { Shell } from "./Shell";
import { theme, variables } from "./theme";

const pages = [...NAVIGATION, ...PAGES].map(prepared);

interface Prepared {
  readonly route: PageRoute;
  /** Fetches the code of the page, once. */
  readonly fetchCode: () => Promise<{ default: ComponentType }>;
  readonly Content: ComponentType;
}

function prepared(route: PageRoute): Prepared {
  let code: Promise<{ default: ComponentType }> | null = null;
  const fetchCode = () => {
    code ??= loaded(route.load);
    return code;
  };
  return { route, fetchCode, Content: lazy(fetchCode) };
}

/** A page with what it needs around it; its code is loaded while that is found out. */
function PageShown({ page: { route, fetchCode, Content } }: { page: Prepared }) {
  useEffect(() => {
    fetchCode().catch(() => undefined);
  }, [fetchCode]);
  const page = <Content />;
  const onSite = route.withoutSite ? page : <NeedsSite>{page}</NeedsSite>;
  return (
    <OnceSitesAreKnown whileUnknown={route.whileSitesAreUnknown === true}>
      {route.ofAllSites ? <NeedsNetwork>{page}</NeedsNetwork> : onSite}
    </OnceSitesAreKnown>
  );
}

/** A page, or in its place a notice that there is no network to load it over. */
async function loaded(load: PageRoute["load"]): Promise<{ default: ComponentType }> {
  try {
    return { default: (await load()).Component };
  } catch (error) {
    if (navigator.onLine) {
      throw error;
    }
    return { default: WithoutNetwork };
  }
}

// Before anything is drawn, so that nothing on the screen calls it off.
if (window.location.pathname === "/") {
  window.history.replaceState(null, "", `${HOME}${window.location.search}`);
}

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Live>
          <BrowserRouter>
            <Boundary>
              <Routes>
                <Route path="/" element={<Shell />}>
                  <Route index element={<Navigate to={HOME} replace />} />
                  {pages.map((page) => (
                    <Route
                      key={page.route.path}
                      path={page.route.path}
                      element={
                        <Boundary>
                          <PageShown page={page} />
                        </Boundary>
                      }
                    />
                  ))}
                  <Route path="*" element={<NotFound />} />
                </Route>
              </Routes>
            </Boundary>
            <Messages />
          </BrowserRouter>
        </Live>
      </QueryClientProvider>
    </MantineProvider>
  );
}
