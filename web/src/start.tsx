import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { startWords } from "./i18n/i18n.ts";

const root = document.querySelector("#root");
if (root === null) throw new Error("the page has no #root");
await startWords();
createRoot(root).render(<App />);
