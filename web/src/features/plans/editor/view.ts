import { createContext, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import type { About } from "../kinds/face.ts";
import type { Told } from "../simulate/told.ts";
import type { Autosave } from "../state/autosave.ts";
import type { Things } from "../state/directory.ts";
import type { Editor, EditorState } from "../state/editor.ts";
import { type Store, usePiece } from "../state/store.ts";

/** What the parts of a plan's page share. */
export interface PlanView {
  readonly id: string;
  readonly editor: Editor;
  readonly things: Things;
  readonly directory: Directory;
  /** The numbers that take the plan, as they are read. */
  readonly numbers: readonly { readonly id: string; readonly number: string; readonly shown: string }[];
  readonly canEdit: boolean;
  /** What a simulated call did; undefined where none runs. */
  readonly told: Store<Told | undefined>;
}

export const PlanViewContext = createContext<PlanView | undefined>(undefined);

/** How the draft of a plan stands to what calls take. */
export interface Standing {
  /** What the plan is called. */
  readonly name: string;
  /** The version that calls take. */
  readonly version: number;
  /** It differs from that. */
  readonly isDraft: boolean;
  readonly autosave: Autosave;
}

/** Not a part of the view, with which each row of the list would be drawn anew. Undefined where a version is looked at. */
export const StandingContext = createContext<Standing | undefined>(undefined);

export function usePlanView(): PlanView {
  const view = useContext(PlanViewContext);
  if (view === undefined) throw new Error("this stands outside the page of a plan");
  return view;
}

/** What steps are described with. */
export function useAbout(): About {
  const { t } = useTranslation("plans");
  const { directory } = usePlanView();
  return useMemo(() => ({ t, directory }), [t, directory]);
}

export function useEditorPiece<Piece>(piece: (state: EditorState) => Piece): Piece {
  return usePiece(usePlanView().editor.store, piece);
}
