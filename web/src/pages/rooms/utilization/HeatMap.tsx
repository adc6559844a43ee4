import type { Utilization } from "@/api";
import { clockInWords, inOrderOfWeek } from "@/time";
import { inPercent } from "../percent";
import { WEEKDAYS } from "../weekdays";
import classes from "./Utilization.module.css";
import { hoursShown, levelOf, shareOf, usedInWords } from "./usage";

/** The hours of the week: the darker, the fuller; demand that found no room stands beside the share. */
export function HeatMap({ hours }: { hours: Utilization["by_hour"] }) {
  const weekdays = inOrderOfWeek(WEEKDAYS);
  return (
    <table className={`${classes.heat} numbers`} aria-label="Used by hour of the week">
      <thead>
        <tr>
          <th scope="col">Hour</th>
          {weekdays.map(([key, name]) => (
            <th key={key} scope="col" abbr={name}>
              {name.slice(0, 3)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {hoursShown(hours).map((hour) => (
          <tr key={hour}>
            <th scope="row">{beginOf(hour)}</th>
            {weekdays.map(([key, name]) => {
              const used = hours.find((one) => one.weekday === key && one.hour === hour);
              const share = used ? shareOf(used) : null;
              return (
                <td
                  key={key}
                  data-level={levelOf(share)}
                  data-closed={share === null || undefined}
                  title={used && share !== null ? `${name} ${beginOf(hour)}, ${usedInWords(used)}` : undefined}
                >
                  {share !== null && inPercent(share)}
                  {used && used.refused_requests > 0 && (
                    <span className={classes.refused}> +{used.refused_requests}</span>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function beginOf(hour: number): string {
  return clockInWords(`${String(hour).padStart(2, "0")}:00`);
}
