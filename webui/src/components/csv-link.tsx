/** A table as a file that a spreadsheet reads. */

import { t } from "../messages";

export function CsvLink({ path }: { path: string }) {
  return (
    <a className="button" href={path} download>
      {t("app.csv")}
    </a>
  );
}
