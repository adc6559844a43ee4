import { screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { expect, it } from "vitest";
import { enter, show } from "@/testing/show";
import { FormDrawer } from "./FormDrawer";

function Page() {
  const { pathname } = useLocation();
  const [name, setName] = useState("");
  return (
    <>
      <Link to="/rooms">Rooms</Link>
      <p>at {pathname}</p>
      {pathname === "/rooms" && (
        <FormDrawer
          title="Add a room"
          submitLabel="Save"
          dirty={name !== ""}
          onClose={() => undefined}
          onSubmit={() => undefined}
        >
          <input aria-label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        </FormDrawer>
      )}
    </>
  );
}

async function opened() {
  const user = show(<Page />, { at: "/calendar" });
  await user.click(await screen.findByRole("link", { name: "Rooms" }));
  await screen.findByRole("dialog", { name: "Add a room" });
  return user;
}

it("asks before the way back takes what was typed, and keeps it for who stays", async () => {
  const user = await opened();
  await enter(user, "Name", "Willow");
  window.history.back();
  await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(screen.getByRole("button", { name: "Stay" }));
  expect(screen.getByLabelText("Name")).toHaveValue("Willow");

  window.history.back();
  await user.click(await screen.findByRole("button", { name: "Discard and leave" }));
  expect(await screen.findByText("at /calendar")).toBeVisible();
});

it("asks nothing while nothing was typed", async () => {
  await opened();
  window.history.back();
  await waitFor(() => expect(screen.getByText("at /calendar")).toBeVisible());
});
