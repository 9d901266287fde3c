// What a module gives to have one of its papers laid out by template. The mechanism keeps layouts and versions; the kind knows what is on
// the paper and draws it. Kinds are handed in by the composition root (src/apps/modules.ts).
import { BUILT_IN, type PrintDesign } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { SettingKind } from '../../system/server/index.ts'
import type { Design, Paper } from '../contract.ts'

export interface Part {
  key: string
  zh: string
  /** Cannot be taken off the paper. */
  must?: true
}
export interface DrawnDesign {
  paper: Paper
  print: PrintDesign
  /** Paragraphs and ways to pay are words of the paper, not of the layout: the kind fills their {params}. */
  paragraphs: readonly string[]
  pay_ways: readonly string[]
}
export interface FormKind {
  /** 'payment.receipt' */
  kind: string
  zh: string
  note: string
  /** One template a place and paper: it is printed without asking. Otherwise chosen by name. */
  sole: boolean
  papers: Partial<Record<Paper, keyof typeof BUILT_IN>>
  columns: readonly Part[]
  blocks: readonly Part[]
  params: readonly { key: string; zh: string; example: string }[]
  /** Papers within reach of 'forms.template.write', newest first, at most 20. */
  subjects: (scope: Scope, o: { community_id: string | null }) => Promise<{ subject_id: string; label: string }[]>
  /** `subject_id` null: an example that says so. */
  draw: (scope: Scope, subject_id: string | null, design: DrawnDesign) => Promise<Buffer>
}

/** A built-in layout as a template begins with it. */
export function designOf(built: keyof typeof BUILT_IN): Design {
  const { paper: _, logo: _l, seal: _s, copies, columns, blocks, margin_mm, offset_mm, ...d }: PrintDesign = BUILT_IN[built]
  return { ...d, margin_mm: { ...margin_mm }, offset_mm: { ...offset_mm }, logo_file_id: null, seal_file_id: null, copies: [...copies], columns: columns.map((c) => ({ ...c })), blocks: [...blocks], paragraphs: [], pay_ways: [] }
}

/** A bank account on a notice is money's address: by default nobody changes it alone. */
export const publishing: SettingKind = {
  key: 'forms.publishing', zh: '单据版式发布', note: '单据模板的修改由本人发布,还是须第二人批准', max: 10, otherwise: '第二人批准', choices: ['第二人批准', '本人发布'],
}
export const formSettings: readonly SettingKind[] = [publishing]
