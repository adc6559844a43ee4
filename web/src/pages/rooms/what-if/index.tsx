// What would have become of the past month's sessions with other rooms; nothing is written.
import { Button, Group, MultiSelect, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api, type Room } from "@/api";
import { SessionList } from "@/features/sessions/SessionList";
import { useSite } from "@/features/site";
import { momentInWords } from "@/time";
import { Facts, Form, MinutesField, NumberField, Panel, ProblemNotice } from "@/ui";
import { inPercent } from "../percent";
import { RoomsPage } from "../RoomsPage";
import { countInWords } from "../refusals";
import { roomInWords, useEquipment, useRooms } from "../useRooms";

const QUESTIONS = ["close", "add", "turnover"] as const;
type Question = (typeof QUESTIONS)[number];

export function Component() {
  const site = useSite();
  return <WhatIf key={site.id} siteId={site.id} siteName={site.site_name} zone={site.time_zone} />;
}

function WhatIf({ siteId, siteName, zone }: { siteId: string; siteName: string; zone: string }) {
  const [question, setQuestion] = useState<Question>("close");
  const [closed, setClosed] = useState<string[]>([]);
  const [capacity, setCapacity] = useState(2);
  const [equipment, setEquipment] = useState<string[]>([]);
  const [turnover, setTurnover] = useState<number | null>(10);
  const rooms: readonly Room[] = (useRooms(siteId).data?.items ?? []).filter(({ is_active }) => is_active);
  const words = useEquipment();
  const whatIf = api.useMutation("post", "/api/rooms/what-if");
  const changes = {
    close: closed.map((close_room) => ({ close_room })),
    add: [{ add_room: { capacity, equipment } }],
    turnover: [{ turnover_minutes: turnover ?? 0 }],
  }[question];
  const answer = whatIf.data;
  const change = (set: () => void) => {
    set();
    whatIf.reset();
  };
  return (
    <RoomsPage
      title="What if"
      about={`Replays the past month of ${siteName} with different rooms. Nothing is changed.`}
    >
      <Panel title="Scenario">
        <Form disabled={whatIf.isPending} onSubmit={() => whatIf.mutate({ body: { site_id: siteId, changes } })}>
          <Stack gap="md">
            <SegmentedControl
              aria-label="Question"
              value={question}
              onChange={(value) => change(() => setQuestion(value))}
              data={[
                { value: "close", label: "Rooms closed" },
                { value: "add", label: "One more room" },
                { value: "turnover", label: "Turnover" },
              ]}
            />
            {question === "close" && (
              <MultiSelect
                label="Closed rooms"
                data={rooms.map((room) => ({ value: room.id, label: roomInWords(room) }))}
                value={closed}
                onChange={(value) => change(() => setClosed(value))}
                searchable
                selectFirstOptionOnChange
              />
            )}
            {question === "add" && (
              <Group grow align="flex-start">
                <NumberField
                  label="Seats"
                  value={capacity}
                  onChange={(seats) => change(() => seats && setCapacity(seats))}
                  most={1000}
                />
                <MultiSelect
                  label="Equipment"
                  data={words.map(({ name, label }) => ({ value: name, label }))}
                  value={equipment}
                  onChange={(value) => change(() => setEquipment(value))}
                />
              </Group>
            )}
            {question === "turnover" && (
              <MinutesField
                label="Turnover in every room"
                value={turnover}
                onChange={(value) => change(() => setTurnover(value))}
                most={120}
              />
            )}
            {whatIf.error && <ProblemNotice error={whatIf.error} />}
            <Button
              type="submit"
              loading={whatIf.isPending}
              disabled={changes.length === 0}
              style={{ alignSelf: "flex-end" }}
            >
              Calculate
            </Button>
          </Stack>
        </Form>
      </Panel>
      {answer && (
        <Panel
          title="Result"
          about={`${momentInWords(answer.starts_at, zone)} to ${momentInWords(answer.ends_at, zone)}`}
        >
          <Facts
            facts={[
              ["Sessions", `${countInWords(answer.sessions)}, ${answer.stayed} in their own room`],
              ["Another room", `${answer.moved.length}`],
              ["No room", `${answer.without_room.length}`],
              ["Used", `${inPercent(answer.after.share)} instead of ${inPercent(answer.before.share)}`],
              [
                "Refused then",
                `${answer.refused_requests}, of which ${answer.refused_that_would_fit} would have found a room`,
              ],
            ]}
          />
          {answer.without_room.length > 0 && (
            <>
              <Text size="sm" fw={600}>
                Without a room
              </Text>
              <SessionList name="Sessions without a room" sessions={answer.without_room} zone={zone} />
            </>
          )}
        </Panel>
      )}
    </RoomsPage>
  );
}
