/** Tables and files that the locustfile adds. */

import { usePolled } from "../../api/queries";
import type { Extras, ExtraTable } from "../../api/schema.gen";
import { LongText } from "../../components/long-text";
import { t } from "../../messages";

export function ExtrasPage() {
  const extras = usePolled<Extras>("extras", 2000);
  if (!extras) return <p className="empty">{t("app.loading")}</p>;
  return (
    <div className="extras">
      {extras.files.length > 0 && (
        <ul className="extras-files">
          {extras.files.map((file) => (
            <li key={file.href}>
              <a href={file.href} download>
                {file.title || file.href}
              </a>
            </li>
          ))}
        </ul>
      )}
      {extras.tables.map((table) => (
        <section key={table.title} className="card">
          <h2>{table.title}</h2>
          <Table table={table} />
        </section>
      ))}
    </div>
  );
}

function Table({ table }: { table: ExtraTable }) {
  if (table.rows.length === 0) return <p className="empty">{t("extras.none")}</p>;
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={table.title}>
      <table className="plain">
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((text, column) => (
                <td key={column}>
                  <LongText text={text} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
