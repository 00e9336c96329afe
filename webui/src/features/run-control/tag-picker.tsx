export function TagPicker(props: {
  label: string;
  tags: readonly string[];
  chosen: readonly string[];
  onChange: (tags: string[]) => void;
}) {
  const toggle = (tag: string, isOn: boolean) =>
    props.onChange(isOn ? [...props.chosen, tag] : props.chosen.filter((one) => one !== tag));
  return (
    <fieldset className="tags">
      <legend>{props.label}</legend>
      {props.tags.map((tag) => (
        <label key={tag}>
          <input
            type="checkbox"
            checked={props.chosen.includes(tag)}
            onChange={(event) => toggle(tag, event.target.checked)}
          />
          <bdi>{tag}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
