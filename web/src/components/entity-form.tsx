import { useMemo } from "react";
import { entityForm } from "../../../src/model/entities/forms.ts";
import { kindOf } from "../../../src/model/entities/kinds.ts";
import type { Editor } from "../lib/editor.ts";
import type { DocumentOf, KindName } from "../lib/entities.ts";
import { useMaySave } from "../lib/session.ts";
import { AutoForm, type Instead } from "./auto-form.tsx";

/** The fields of a kind of thing, as its schema describes them. */
export function EntityForm<Kind extends KindName>({
  kind,
  editor,
  without = [],
  only,
  instead,
}: {
  readonly kind: Kind;
  readonly editor: Pick<Editor<DocumentOf<Kind>>, "draft" | "errorAt" | "touch">;
  readonly without?: readonly string[];
  readonly only?: readonly string[];
  readonly instead?: Instead;
}) {
  const may = useMaySave(kind);
  const all = useMemo(() => entityForm(kindOf(kind)).fields, [kind]);
  const fields = all.filter(
    ({ key }) => !without.includes(key) && (only === undefined || only.includes(key)),
  );
  return (
    <AutoForm
      fields={fields}
      {...(instead === undefined ? {} : { instead })}
      tie={{
        value: editor.draft.document,
        onChange: (value) => editor.draft.set(value as DocumentOf<Kind>),
        errorAt: editor.errorAt,
        onBlur: editor.touch,
        readOnly: !may,
      }}
    />
  );
}
