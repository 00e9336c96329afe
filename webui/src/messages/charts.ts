/** Texts of the charts. `{name}` is filled in; units come with the values. */

export const charts = {
  "charts.rate": "Requests and failures",
  "charts.percentiles": "Response times",
  "charts.users": "Users",
  "charts.heat": "Latency heat map",
  "charts.errors": "Failures by kind",
  "charts.received": "Received",

  "charts.requests": "requests",
  "charts.failures": "failures",
  "charts.users-now": "users",
  "charts.users-target": "target",
  "charts.bytes": "content",
  "charts.other-kinds": "other kinds",

  "charts.now": "now",
  "charts.paused": "data paused",
  "charts.time": "Time",
  "charts.as-table": "Table",
  "charts.table-of": "{title}: the last 60 intervals",
  "charts.log-scale": "Log scale",
  "charts.role": "chart",
  "charts.label": "{title}. Arrow keys move through the intervals.",
  "charts.toggle-line": "Show or hide {line}",
  "charts.summary": "{line} now {now}, highest {highest} at {at}",
  "charts.summary-nothing": "{line}: nothing measured",
  "charts.heat-cell": "{from} to {to}: {rate}",
  "charts.heat-few": "few",

  "charts.empty": "Nothing measured yet",
  "charts.no-run": "No run yet",
  "charts.waiting": "Waiting for the first request ({users} users started)",
  "charts.waiting-one": "Waiting for the first request (1 user started)",
  "charts.no-failures": "No failures so far",

  "charts.verdict-OK": "",
  "charts.verdict-LATE": "LATE: this machine was behind its plan",
  "charts.verdict-INVALID": "INVALID: this machine was overloaded; response times are too high",

  "charts.range": "Time shown",
  "charts.range-300": "5 min",
  "charts.range-900": "15 min",
  "charts.range-3600": "1 h",
  "charts.range-all": "All",
  "charts.zoomed": "{from} to {to}",
  "charts.follow": "Back to live",
  "charts.zoom-hint": "Drag in a chart to zoom, double-click to go back",

  "charts.events": "Events",
  "charts.no-events": "No events yet",
} as const;
