/** The form of a new run, filled with what the command line or the last run said. */

import { useEffect, useRef, useState } from "react";

import { ApiProblem, get, post } from "../../api/client";
import { live, useLive } from "../../api/queries";
import type { Argument, LoadPlan, Problem, RunStatus, UserClass } from "../../api/schema.gen";
import { NumberInput } from "../../components/number-input";
import { t } from "../../messages";
import type { Limits } from "../../numbers/parse";
import { ArgumentField, type ArgumentValue } from "./argument-field";
import { ClassRows } from "./class-rows";
import { changesOf, flawOf, hasFlaw, parseRunTime, RATE, runTimeText, USERS } from "./load-form";
import { ShapePicker } from "./shape-picker";
import { RampPreview } from "./ramp-preview";
import { TagPicker } from "./tag-picker";

export function NewRunPage() {
  const [plan, setPlan] = useState<LoadPlan | null>(null);
  const run = useLive((state) => state.status?.run);
  const isLost = useLive((state) => state.connection === "lost");
  useEffect(() => {
    // Where the server is lost the banner says so, and it is asked again when it is back.
    if (!isLost) get<LoadPlan>("plan").then(setPlan, () => undefined);
  }, [run, isLost]);
  return plan ? <Form key={run} plan={plan} /> : <p className="empty">{t("app.loading")}</p>;
}

function Form({ plan }: { plan: LoadPlan }) {
  const [users, setUsers] = useState(plan.users);
  const [rate, setRate] = useState(plan.spawn_rate_per_s);
  const [runTime, setRunTime] = useState(runTimeText(plan.run_time_s));
  const [host, setHost] = useState(plan.host ?? "");
  const [classes, setClasses] = useState<UserClass[]>(plan.classes);
  const [shape, setShape] = useState(plan.shape);
  const [tags, setTags] = useState(plan.chosen_tags);
  const [excluded, setExcluded] = useState(plan.excluded_tags);
  const [values, setValues] = useState<Record<string, ArgumentValue>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const version = useLive((state) => state.status?.version);
  const isViewer = useLive((state) => state.session?.role === "viewer");
  const isActive = useLive((state) =>
    ["spawning", "running", "paused", "stopping", "cleanup"].includes(state.status?.state ?? ""),
  );
  const form = useRef<HTMLFormElement>(null);
  const goToFlaw = () => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  useEffect(() => void (problem && goToFlaw()), [problem]);
  const seconds = parseRunTime(runTime);
  const isShaped = plan.shapes.some((one) => one.name === shape && !one.reads_load);
  const start = async () => {
    if (Number.isNaN(users) || Number.isNaN(rate) || hasFlaw(classes)) {
      goToFlaw();
      return;
    }
    if (seconds === null) {
      setProblem({ problem: t("new.run-time-wrong"), field: "run_time_s" });
      return;
    }
    const body = {
      users,
      spawn_rate_per_s: rate,
      run_time_s: seconds,
      host,
      classes: changesOf(plan.classes, classes),
      tags,
      exclude_tags: excluded,
      arguments: values,
      shape: plan.shapes.length > 0 ? shape : null,
      based_on: version ?? null,
    };
    try {
      live.takeStatus(await post<RunStatus>("start", body));
      window.location.hash = "#/live";
    } catch (error) {
      if (error instanceof ApiProblem) setProblem(error.problem);
      else setProblem({ problem: String(error) });
    }
  };
  const flaw = (field: string) => (problem?.field === field ? textOf(problem) : "");
  const isElsewhere = problem && !KNOWN_FIELDS.has(problem.field ?? "");
  return (
    <form
      ref={form}
      className="new-run"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <section className="card">
        <h2>{t("new.load")}</h2>
        <ShapePicker shapes={plan.shapes} chosen={shape} onChoose={setShape} />
        <NumberField
          label={t("new.users")}
          isDisabled={isShaped}
          limits={USERS}
          value={users}
          onChange={setUsers}
          flaw={flaw("users")}
        />
        <NumberField
          label={t("new.rate")}
          isDisabled={isShaped}
          limits={RATE}
          value={rate}
          onChange={setRate}
          flaw={flaw("spawn_rate_per_s")}
        />
        <TextField
          label={t("new.run-time")}
          hint={t("new.run-time-hint")}
          value={runTime}
          onChange={setRunTime}
          flaw={flaw("run_time_s")}
        />
        <TextField
          label={t("new.host")}
          hint={t("new.host-hint")}
          value={host}
          onChange={setHost}
          flaw={flaw("host")}
          inputMode="url"
        />
        {!shape && <RampPreview users={users} rate={rate} seconds={seconds} />}
      </section>
      <section className="card">
        <ClassRows classes={classes} onChange={setClasses} withHost />
        {flaw("classes") && <p className="flaw">{flaw("classes")}</p>}
      </section>
      {plan.tags.length > 0 && (
        <section className="card">
          <TagPicker label={t("new.tags")} tags={plan.tags} chosen={tags} onChange={setTags} />
          <TagPicker
            label={t("new.exclude-tags")}
            tags={plan.tags}
            chosen={excluded}
            onChange={setExcluded}
          />
        </section>
      )}
      {plan.arguments.length > 0 && (
        <Arguments rows={plan.arguments} values={values} onChange={setValues} flaw={flaw} />
      )}
      <div className="start">
        {isActive && <p className="muted">{t("new.active")}</p>}
        {isElsewhere && (
          <p role="alert" className="problem">
            {textOf(problem)}
          </p>
        )}
        <button className="primary" disabled={isActive || isViewer}>
          <span aria-hidden="true">▶ </span>
          {t("control.start")}
        </button>
      </div>
    </form>
  );
}

const KNOWN_FIELDS = new Set(["users", "spawn_rate_per_s", "run_time_s", "host", "classes"]);

function textOf(problem: Problem): string {
  const { accepted } = problem;
  return accepted ? t("new.accepted", { problem: problem.problem, accepted }) : problem.problem;
}

function NumberField(props: {
  label: string;
  isDisabled: boolean;
  limits: Limits;
  value: number;
  onChange: (value: number) => void;
  flaw: string;
}) {
  const flaw = flawOf(props.value, props.limits) || props.flaw;
  return (
    <label className="field">
      {props.label}
      <NumberInput
        limits={props.limits}
        value={props.value}
        onChange={props.onChange}
        isWrong={flaw !== ""}
        disabled={props.isDisabled}
      />
      <Flaw text={flaw} />
    </label>
  );
}

function Flaw({ text }: { text: string }) {
  if (!text) return null;
  return (
    <span className="flaw" role="alert">
      {text}
    </span>
  );
}

function TextField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  flaw: string;
  hint?: string;
  inputMode?: "url";
}) {
  return (
    <label className="field">
      {props.label}
      <input
        value={props.value}
        inputMode={props.inputMode}
        aria-invalid={props.flaw !== ""}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.hint && <small className="muted">{props.hint}</small>}
      <Flaw text={props.flaw} />
    </label>
  );
}

function Arguments(props: {
  rows: Argument[];
  values: Record<string, ArgumentValue>;
  onChange: (values: Record<string, ArgumentValue>) => void;
  flaw: (field: string) => string;
}) {
  return (
    <section className="card">
      <h2>{t("new.arguments")}</h2>
      {props.rows.map((row) => (
        <ArgumentField
          key={row.name}
          argument={row}
          value={row.name in props.values ? (props.values[row.name] ?? null) : row.value}
          flaw={props.flaw(`arguments.${row.name}`)}
          onChange={(value) => props.onChange({ ...props.values, [row.name]: value })}
        />
      ))}
    </section>
  );
}
