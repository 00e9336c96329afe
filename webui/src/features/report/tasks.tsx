/** How often each task runs, by class and of all users. */

import type { TaskShare } from "../../api/schema.gen";
import { LongText } from "../../components/long-text";
import { t } from "../../messages";
import { formatPercent } from "../../numbers/format";

export function Tasks({ tasks }: { tasks: readonly TaskShare[] }) {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t("report.task")}</th>
          <th scope="col" className="number">
            {t("report.of-class")}
          </th>
          <th scope="col" className="number">
            {t("report.of-all")}
          </th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task, index) => (
          <tr key={index}>
            <th scope="row" data-depth={Math.min(task.depth, 4)}>
              <LongText text={task.name} />
            </th>
            <td className="number">{formatPercent(task.of_class)}</td>
            <td className="number">{formatPercent(task.of_all)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
