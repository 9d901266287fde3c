// A layout is tried before it is kept: its parts are known, its pictures are pictures, and it really prints.
import type { App } from '../../../kernel/app.ts'
import { PrintError } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Design, Paper } from '../contract.ts'
import type { FormKind } from './kinds.ts'
import { drawn, picture } from './resolve.ts'

function checkParts(scope: Scope, kind: FormKind, d: Design): void {
  const columns = new Set(d.columns.map((c) => c.key))
  for (const c of kind.columns) if (c.must && !columns.has(c.key)) throw scope.refuse('forms.column_missing', { zh: c.zh })
  const known = { columns: new Set(kind.columns.map((c) => c.key)), blocks: new Set(kind.blocks.map((b) => b.key)) }
  const odd = [...[...columns].filter((k) => !known.columns.has(k)), ...d.blocks.filter((k) => !known.blocks.has(k))][0]
  if (odd !== undefined || columns.size !== d.columns.length) throw scope.refuse('forms.part_unknown', { key: odd ?? d.columns[0]!.key })
  const params = kind.params.map((p) => p.key)
  d.paragraphs.forEach((text, i) => {
    const bad = [...text.matchAll(/\{([^{}]*)\}/g)].find((m) => !params.includes(m[1]!))
    if (bad) throw scope.refuse('forms.param_unknown', { row_no: i + 1, param: bad[0], params: params.map((p) => `{${p}}`).join(' ') })
  })
}

/** Draws it with a real paper, or with the kind's example where there is none yet. */
export async function tried(app: App, scope: Scope, kind: FormKind, paper: Paper, d: Design, subject_id: string | null): Promise<Buffer> {
  checkParts(scope, kind, d)
  for (const [what, id] of [['标志', d.logo_file_id], ['印章', d.seal_file_id]] as const) if (id !== null && (await picture(app, scope, id)) === null) throw scope.refuse('forms.picture_bad', { what })
  try {
    return await kind.draw(scope, subject_id, await drawn(app, scope, paper, d))
  } catch (error) {
    if (!(error instanceof PrintError) || ['busy', 'closed', 'crashed'].includes(error.code)) throw error
    throw scope.refuse('forms.cannot_print', { why: error.code === 'timeout' ? '排版用时过长' : error.code === 'too_large' ? '页数过多' : '内容超出纸张,或图片已损坏' })
  }
}
