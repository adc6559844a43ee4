import { useElementSize } from "@mantine/hooks";
import { inDollars } from "@/money";
import type { Day } from "@/time";
import classes from "./RateLine.module.css";
import { type Drawn, draw, type Step } from "./timeline";

const HEIGHT = 150;
const TOP = 22;
const BOTTOM = 26;
/** Narrower steps have no room for their amount above them; the table has it. */
const LABEL_WIDTH = 52;

/** What a service cost, costs and will cost, as a line of steps; the table beside it has the same as text. */
export function RateLine({ steps, today, name }: { steps: readonly Step[]; today: Day; name: string }) {
  const { ref, width } = useElementSize();
  const picture = draw(steps, today);
  const x = (share: number) => share * width;
  const y = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  const floor = HEIGHT - BOTTOM + 6;
  const todayAnchor = x(picture.today) > width - 60 ? "end" : x(picture.today) < 30 ? "start" : "middle";
  return (
    <div ref={ref} style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg className={classes.line} height={HEIGHT} role="img" aria-label={name}>
          <line className={classes.axis} x1={0} x2={width} y1={floor} y2={floor} />
          {picture.years.map(({ year, x: share }) => (
            <g key={year}>
              <line className={classes.axis} x1={x(share)} x2={x(share)} y1={floor} y2={floor + 5} />
              {Math.abs(x(share) - x(picture.today)) > 50 && (
                <text
                  className={classes.quiet}
                  x={x(share)}
                  y={HEIGHT - 3}
                  textAnchor={share > 0.95 ? "end" : "middle"}
                >
                  {year}
                </text>
              )}
            </g>
          ))}
          <line className={classes.today} x1={x(picture.today)} x2={x(picture.today)} y1={6} y2={floor} />
          <text className={classes.quiet} x={x(picture.today)} y={HEIGHT - 3} textAnchor={todayAnchor}>
            today
          </text>
          {picture.steps.map((step, index) => (
            <StepOf key={step.from} step={step} before={picture.steps[index - 1]} x={x} y={y} />
          ))}
        </svg>
      )}
    </div>
  );
}

interface StepOfProps {
  readonly step: Drawn;
  readonly before: Drawn | undefined;
  readonly x: (share: number) => number;
  readonly y: (share: number) => number;
}

function StepOf({ step, before, x, y }: StepOfProps) {
  const [from, to, height] = [x(step.x1), x(step.x2), y(step.y)];
  const isWide = to - from >= LABEL_WIDTH;
  return (
    <g>
      {before && (
        <line className={classes.rise} data-standing={step.standing} x1={from} x2={from} y1={y(before.y)} y2={height} />
      )}
      <line className={classes.step} data-standing={step.standing} x1={from} x2={to} y1={height} y2={height} />
      {(isWide || step.standing === "present") && (
        <text x={from + 4} y={isWide ? height - 8 : height + 18} className="numbers">
          {inDollars(step.amount)}
        </text>
      )}
    </g>
  );
}
