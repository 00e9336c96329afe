/** Change the load beside the charts: numbers, classes, what will happen, and what others did. */

import { useEffect, useId, useRef, useState } from "react";

import { ApiProblem, get, post, textOf } from "../../api/client";
import { live } from "../../api/queries";
import type {
  ClassChange,
  EditLoad,
  LoadPlan,
  LoadPreview,
  RunStatus,
  UserClass,
} from "../../api/schema.gen";
import { NumberInput } from "../../components/number-input";
import { t } from "../../messages";
import { formatCount } from "../../numbers/format";
import { ClassRows } from "./class-rows";
import { changesOf, flawOf, hasFlaw, RATE, USERS, withChanges } from "./load-form";

const PREVIEW_AFTER_MS = 250;

export function EditPanel({ status, onClose }: { status: RunStatus; onClose: () => void }) {
  const [basedOn, setBasedOn] = useState(status.version);
  const [users, setUsers] = useState(status.target_users);
  const [rate, setRate] = useState(status.spawn_rate_per_s);
  const [planned, setPlanned] = useState<UserClass[]>([]);
  const [changes, setChanges] = useState<ClassChange[]>([]);
  const [newer, setNewer] = useState<RunStatus | null>(null);
  const [problem, setProblem] = useState("");
  const id = useId();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    // Where the server is lost the banner says so, and nothing can be applied.
    get<LoadPlan>("plan").then(
      (plan) => setPlanned(plan.classes),
      () => undefined,
    );
  }, [basedOn]);

  const classes = withChanges(planned, changes);
  const edit: EditLoad = { users, spawn_rate_per_s: rate, classes: changes };
  const preview = usePreview(edit);
  const apply = async () => {
    try {
      live.takeStatus(await post<RunStatus>("edit", { ...edit, based_on: basedOn }));
      onClose();
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.current) setNewer(error.problem.current);
      else setProblem(textOf(error));
    }
  };
  const takeTheirs = (current: RunStatus) => {
    setUsers(current.target_users);
    setRate(current.spawn_rate_per_s);
    setChanges([]);
    keepMine(current);
  };
  const keepMine = (current: RunStatus) => {
    setBasedOn(current.version);
    setNewer(null);
  };
  const scale = (factor: number) => setUsers(Math.max(0, Math.round(users * factor)));
  const most = Math.max(100, status.target_users * 4, users || 0);
  const flaw = flawOf(users, USERS) || flawOf(rate, RATE);
  const isWrong = flaw !== "" || hasFlaw(classes);
  return (
    <div
      className="panel"
      role="dialog"
      aria-labelledby={id}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <h2 id={id}>{t("edit.title")}</h2>
        <label className="field">
          {t("edit.users")}
          <NumberInput ref={first} limits={USERS} value={users} onChange={setUsers} />
        </label>
        <input
          type="range"
          aria-label={t("edit.users")}
          min={0}
          max={most}
          value={users || 0}
          onChange={(event) => setUsers(event.target.valueAsNumber)}
        />
        <div className="buttons">
          <button type="button" onClick={() => scale(0.9)}>
            {t("edit.fewer")}
          </button>
          <button type="button" onClick={() => scale(1.1)}>
            {t("edit.more")}
          </button>
        </div>
        <label className="field">
          {t("edit.rate")}
          <NumberInput limits={RATE} value={rate} onChange={setRate} />
        </label>
        <ClassRows
          classes={classes}
          onChange={(wanted) => setChanges(changesOf(planned, wanted))}
        />
        <output className={isWrong || preview.isRefused ? "preview flaw" : "preview"}>
          {isWrong ? flaw : preview.text}
        </output>
        {newer && (
          <div role="alert" className="stale">
            <p>
              {t("edit.stale", {
                users: formatCount(newer.target_users),
                rate: formatCount(newer.spawn_rate_per_s),
              })}
            </p>
            <div className="buttons">
              <button type="button" onClick={() => takeTheirs(newer)}>
                {t("edit.theirs")}
              </button>
              <button type="button" onClick={() => keepMine(newer)}>
                {t("edit.mine")}
              </button>
            </div>
          </div>
        )}
        {problem && problem !== preview.text && (
          <p role="alert" className="problem">
            {problem}
          </p>
        )}
        <div className="buttons">
          <button type="button" onClick={onClose}>
            {t("control.cancel")}
          </button>
          <button className="primary" disabled={newer !== null || isWrong}>
            {t("control.apply")}
          </button>
        </div>
      </form>
    </div>
  );
}

interface Preview {
  text: string;
  isRefused: boolean;
}

/** What the change would do, a moment after the last key. */
function usePreview(edit: EditLoad): Preview {
  const [preview, setPreview] = useState<Preview>({ text: "", isRefused: false });
  const asked = JSON.stringify(edit);
  useEffect(() => {
    const timer = setTimeout(() => {
      post<LoadPreview>("preview", JSON.parse(asked) as EditLoad).then(
        (found) => setPreview({ text: previewText(found), isRefused: false }),
        (error: unknown) => setPreview({ text: textOf(error), isRefused: true }),
      );
    }, PREVIEW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  return preview;
}

function previewText(preview: LoadPreview): string {
  return `${preview.text}; ${t("edit.then", { counts: countsOf(preview) })}`;
}

function countsOf(preview: LoadPreview): string {
  return Object.entries(preview.classes)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(", ");
}
