// The whole front: its theme, its data, its live updates and its pages.
import { MantineProvider } from "@mantine/core";
import { DatesProvider } from "@mantine/dates";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, Navigate, type RouteObject, RouterProvider } from "react-router";
import { Live } from "@/live";
import { Crash, NotFound } from "@/parts";
import { HOME, NAVIGATION, PAGES } from "@/routes";
import { NeedsSite } from "@/site";
import { queries } from "./queries";
import { Shell } from "./Shell";
import { theme, variables } from "./theme";

const FIRST_DAY_OF_WEEK = 1;

const pages: RouteObject[] = [...NAVIGATION, ...PAGES].map(({ path, load, withoutSite }) => ({
  path,
  lazy: async () => {
    const { Component } = await load();
    return {
      element: withoutSite ? (
        <Component />
      ) : (
        <NeedsSite>
          <Component />
        </NeedsSite>
      ),
    };
  },
  errorElement: <Crash />,
}));

const router = createBrowserRouter([
  {
    path: "/",
    element: <Shell />,
    errorElement: <Crash />,
    hydrateFallbackElement: <></>,
    children: [
      { index: true, element: <Navigate to={HOME} replace /> },
      ...pages,
      { path: "*", element: <NotFound /> },
    ],
  },
]);

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <DatesProvider settings={{ firstDayOfWeek: FIRST_DAY_OF_WEEK }}>
        <QueryClientProvider client={queries}>
          <Live>
            <RouterProvider router={router} />
          </Live>
          <Notifications position="bottom-right" containerWidth={420} />
        </QueryClientProvider>
      </DatesProvider>
    </MantineProvider>
  );
}
