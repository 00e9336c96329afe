import "./app/theme.css";
import "./app/app.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { live } from "./api/queries";
import { App } from "./app/app";
import { applyTheme } from "./app/theme";

applyTheme();
live.start();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
