import { useNotifications } from "@mantine/notifications";
import { useState } from "react";
import { later } from "@/ui";

const Notifications = later(async () => (await import("./Notifications")).Notifications);

/** Notices at the edge of the screen, from the first message on; at the left, because the buttons of drawers are at the right. */
export function Messages() {
  const { notifications } = useNotifications();
  const [isNeeded, setNeeded] = useState(false);
  if (notifications.length > 0 && !isNeeded) {
    setNeeded(true);
  }
  return isNeeded && <Notifications position="bottom-left" containerWidth={420} />;
}
