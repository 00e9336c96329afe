import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// numbers, components, api and messages are used by features, those by app; never the other way.
const below = (...names) => ({
  "no-restricted-imports": [
    "error",
    { patterns: names.map((name) => ({ group: [name], message: "against the layers" })) },
  ],
});

export default tseslint.config(
  { ignores: ["node_modules", "../locust_like/static"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["src/{numbers,components,api,messages}/**"],
    rules: below("**/features/**", "**/app/**"),
  },
  { files: ["src/features/**"], rules: below("**/app/**", "../*/*-page*", "**/features/**") },
  {
    files: ["scripts/**"],
    languageOptions: { globals: { process: "readonly", console: "readonly" } },
  },
);
