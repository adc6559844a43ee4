// A module of its own, so that the first visit loads the list of messages and not what draws them.
export { Notifications } from "@mantine/notifications";
