import { useState } from "react";

import { post, textOf } from "../../api/client";
import { live } from "../../api/queries";
import type { RunStatus } from "../../api/schema.gen";

/** Send commands; the last problem stands until the next command. */
export function useOrders() {
  const [problem, setProblem] = useState("");
  const send = async (path: string, body: object = {}): Promise<boolean> => {
    try {
      live.takeStatus(await post<RunStatus>(path, body));
      setProblem("");
      return true;
    } catch (error) {
      setProblem(textOf(error));
      return false;
    }
  };
  return { problem, send };
}
