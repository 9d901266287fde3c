// The front door of forms: layouts of papers as data. What papers there are is handed in by the composition root.
import { answer, type App, type Module } from '../../../kernel/app.ts'
import type { CommunityNames } from '../../system/server/index.ts'
import { forms } from '../contract.ts'
import { words } from '../words.ts'
import { tried } from './check.ts'
import type { FormKind } from './kinds.ts'
import { templateReads, templateWrites } from './templates.ts'

export { formSettings, type DrawnDesign, type FormKind } from './kinds.ts'
export { choosable, filled, namedForm, soleForm } from './resolve.ts'
export { formApprovals } from './templates.ts'
export type { Paper } from '../contract.ts'

export function formsModule(app: () => App, list: readonly FormKind[], names: CommunityNames): Module {
  const kinds = new Map(list.map((k) => [k.kind, k]))
  return {
    name: 'forms',
    contract: forms,
    words,
    answers: [
      ...templateReads(kinds, names),
      ...templateWrites(app, kinds, names),
      answer(forms.subjects, async (scope, o) => ({ rows: (await kinds.get(o.kind)?.subjects(scope, { community_id: o.community_id ?? null })) ?? [] })),
      answer(forms.preview, async (scope, o) => {
        const kind = kinds.get(o.kind)
        if (!kind?.papers[o.paper]) throw scope.notFound()
        const some = await kind.subjects(scope, { community_id: o.community_id ?? null })
        const subject = o.subject_id ? some.find((s) => s.subject_id === o.subject_id) : some[0]
        if (o.subject_id && !subject) throw scope.notFound()
        const pdf = await tried(app(), scope, kind, o.paper, o.design, subject?.subject_id ?? null)
        return { pdf: pdf.toString('base64'), subject: subject?.label ?? null }
      }),
    ],
  }
}
