// The whole front: its theme, its data, its live updates and its pages.
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject, RouterProvider, redirect } from "react-router";
import { Live } from "@/live";
import { Crash, NotFound, WithoutNetwork } from "@/parts";
import { HOME, NAVIGATION, PAGES, type PageRoute } from "@/routes";
import { NeedsNetwork, NeedsSite, OnceSitesAreKnown, type PageHandle } from "@/site";
import { queries } from "./queries";
import { Shell } from "./Shell";
import { theme, variables } from "./theme";

const pages: RouteObject[] = [...NAVIGATION, ...PAGES].map(
  ({ path, load, withoutSite, ofAllSites, whileSitesAreUnknown }) => ({
    path,
    handle: { ofAllSites: ofAllSites === true } satisfies PageHandle,
    lazy: async () => {
      const Component = await loaded(load);
      const page = <Component />;
      const onSite = withoutSite ? page : <NeedsSite>{page}</NeedsSite>;
      return {
        element: (
          <OnceSitesAreKnown whileUnknown={whileSitesAreUnknown === true}>
            {ofAllSites ? <NeedsNetwork>{page}</NeedsNetwork> : onSite}
          </OnceSitesAreKnown>
        ),
      };
    },
    errorElement: <Crash />,
  }),
);

/** A page, or in its place what says that there is no network to load it over. */
async function loaded(load: PageRoute["load"]): Promise<ComponentType> {
  try {
    return (await load()).Component;
  } catch (error) {
    if (navigator.onLine) {
      throw error;
    }
    return WithoutNetwork;
  }
}

const router = createBrowserRouter([
  {
    path: "/",
    element: <Shell />,
    errorElement: <Crash />,
    hydrateFallbackElement: <></>,
    children: [
      // Decided before anything is drawn, so that nothing on the screen calls it off.
      { index: true, element: <></>, loader: ({ request }) => redirect(`${HOME}${new URL(request.url).search}`) },
      ...pages,
      { path: "*", element: <NotFound /> },
    ],
  },
]);

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Live>
          <RouterProvider router={router} />
        </Live>
        <Notifications position="bottom-right" containerWidth={420} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
