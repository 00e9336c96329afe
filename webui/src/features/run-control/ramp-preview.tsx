/** The curve of the load that a form asks for. */

import { t } from "../../messages";
import { formatCount, formatDuration } from "../../numbers/format";

const WIDTH = 320;
const HEIGHT = 64;
const HOLD = 0.4; // share of the picture after the ramp of a run without a time limit

export function RampPreview(props: { users: number; rate: number; seconds: number | null }) {
  const { users, rate } = props;
  if (!(users > 0) || !(rate > 0)) return null;
  const rampS = users / rate;
  const limitS = props.seconds ? props.seconds : rampS / (1 - HOLD);
  const peak = Math.min(1, limitS / rampS);
  const kneeX = (Math.min(rampS, limitS) / limitS) * WIDTH;
  const top = HEIGHT - peak * (HEIGHT - 4);
  const reached = Math.floor(users * peak);
  const text = t(reached === 1 ? "new.preview-one" : "new.preview", {
    users: formatCount(reached),
    seconds: formatDuration(Math.min(rampS, limitS)),
  });
  return (
    <figure className="ramp">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t("new.preview-label", { text })}
        preserveAspectRatio="none"
      >
        <polyline points={`0,${HEIGHT} ${kneeX},${top} ${WIDTH},${top}`} />
      </svg>
      <figcaption className="muted">{text}</figcaption>
    </figure>
  );
}
