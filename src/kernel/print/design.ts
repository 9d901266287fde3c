// How a form is laid out, as data: paper, margins, letters, which columns and blocks. No markup and no code: the templates read these values
// and nothing else, so whoever designs a form cannot make it do anything. The built-in designs are the fixed forms.
import { LIMITS, PrintError } from './data.ts'
import { line, pictureAsset, plain } from './format.ts'
import type { Asset } from './format.ts'

/** Width and height in mm; the roll is as long as its content. `half` and `third`: 241 mm continuous forms, 二等分 and 三等分 of 280 mm. */
export const PAPERS = {
  a4: { width: 210, height: 297 },
  a5: { width: 210, height: 148 },
  half: { width: 241, height: 140 },
  third: { width: 241, height: 93 },
  roll: { width: 80, height: null },
} as const
export type Paper = keyof typeof PAPERS

export interface PrintDesign {
  readonly paper: Paper
  readonly text_pt: number
  readonly title_pt: number
  /** Height of a table's row beyond its text, each side. */
  readonly row_pt: number
  readonly margin_mm: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }
  /** The whole print moved right and down: printers feed pre-printed paper differently. */
  readonly offset_mm: { readonly x: number; readonly y: number }
  /** 套打: neither rules nor fixed words, only what differs from paper to paper. */
  readonly preprinted: boolean
  /** Empty: the data's. */
  readonly title: string
  readonly header: string
  readonly footer: string
  readonly logo: Uint8Array | null
  readonly logo_mm: number
  /** null: the data's. */
  readonly seal: Uint8Array | null
  readonly seal_mm: number
  readonly qr_mm: number
  /** One page each; none prints one page without a name. */
  readonly copies: readonly string[]
  readonly columns: readonly { readonly key: string; readonly title: string }[]
  /** Names of the blocks that are printed. */
  readonly blocks: readonly string[]
}

const BASE = { offset_mm: { x: 0, y: 0 }, preprinted: false, title: '', header: '', footer: '', logo: null, logo_mm: 12, seal: null, copies: [] } as const
const keys = (...all: string[]) => all.map((key) => ({ key, title: '' }))
const RECEIPT = { ...BASE, columns: keys('item', 'period', 'working', 'due', 'paid'), blocks: ['community', 'payer', 'tenders', 'prepaid', 'remark', 'arrears', 'stamp', 'cashier', 'payer_sign', 'qr'] }
const NOTICE = { ...BASE, columns: keys('n', 'item', 'period', 'working', 'due', 'paid', 'late', 'owed'), blocks: ['community', 'area', 'greeting', 'ways', 'hotline', 'stamp', 'qr', 'fold', 'stub'] }
const NOTICE_SMALL = { ...NOTICE, columns: keys('item', 'period', 'due', 'paid', 'late', 'owed'), blocks: ['community', 'greeting', 'hotline', 'stamp', 'qr'] }
const SLIP = { ...BASE, columns: [], blocks: ['signs', 'printed'] }
const SERVICE = { ...BASE, columns: [], blocks: ['facts', 'remark', 'signs'] }
const around = (y: number, x: number) => ({ top: y, bottom: y, left: x, right: x })

/** The fixed forms: what prints where nobody designed anything. */
export const BUILT_IN = {
  receipt_a4: { ...RECEIPT, paper: 'a4', text_pt: 10, title_pt: 18, row_pt: 5.5, margin_mm: { top: 12, bottom: 12, left: 14, right: 14 }, seal_mm: 34, qr_mm: 22 },
  receipt_a5: { ...RECEIPT, paper: 'a5', text_pt: 9, title_pt: 17, row_pt: 4.8, margin_mm: { top: 8, bottom: 9, left: 9, right: 9 }, seal_mm: 30, qr_mm: 19 },
  receipt_two_copy: { ...RECEIPT, paper: 'half', text_pt: 9.5, title_pt: 15, row_pt: 4.2, margin_mm: { top: 6, bottom: 6, left: 17, right: 23 }, seal_mm: 28, qr_mm: 18, copies: ['第一联　存根', '第二联　客户'] },
  receipt_three_copy: { ...RECEIPT, paper: 'third', text_pt: 9, title_pt: 13, row_pt: 2.6, margin_mm: { top: 4, bottom: 5, left: 17, right: 23 }, seal_mm: 22, qr_mm: 15, copies: ['第一联　存根', '第二联　客户', '第三联　记账'] },
  receipt_80mm: { ...RECEIPT, paper: 'roll', text_pt: 9, title_pt: 14, row_pt: 0, margin_mm: { top: 3, bottom: 6, left: 4, right: 4 }, seal_mm: 28, qr_mm: 26 },
  notice_a4: { ...NOTICE, paper: 'a4', text_pt: 9.5, title_pt: 18, row_pt: 3.6, margin_mm: { top: 13, bottom: 12, left: 15, right: 15 }, seal_mm: 34, qr_mm: 27 },
  notice_a5: { ...NOTICE_SMALL, paper: 'a5', text_pt: 9, title_pt: 15, row_pt: 3, margin_mm: around(8, 10), seal_mm: 28, qr_mm: 22 },
  notice_two_copy: { ...NOTICE_SMALL, paper: 'half', text_pt: 9, title_pt: 14, row_pt: 2.6, margin_mm: { top: 6, bottom: 6, left: 17, right: 17 }, seal_mm: 26, qr_mm: 20 },
  notice_80mm: { ...NOTICE_SMALL, paper: 'roll', text_pt: 9, title_pt: 14, row_pt: 0, margin_mm: { top: 3, bottom: 6, left: 4, right: 4 }, seal_mm: 28, qr_mm: 28 },
  service_three_copy: { ...SERVICE, paper: 'third', text_pt: 8.5, title_pt: 12, row_pt: 2.2, margin_mm: { top: 4, bottom: 4, left: 17, right: 23 }, seal_mm: 22, qr_mm: 15, copies: ['第一联　客户', '第二联　财务', '第三联　存档'] },
  service_a4: { ...SERVICE, paper: 'a4', text_pt: 10, title_pt: 18, row_pt: 5, margin_mm: around(18, 20), seal_mm: 34, qr_mm: 22, copies: ['第一联　客户', '第二联　财务', '第三联　存档'] },
  letter_a4: { ...BASE, columns: [], blocks: ['no', 'qr'], paper: 'a4', text_pt: 10.5, title_pt: 20, row_pt: 4, margin_mm: { top: 22, bottom: 20, left: 24, right: 24 }, seal_mm: 34, qr_mm: 22 },
  slip_a4: { ...SLIP, paper: 'a4', text_pt: 10.5, title_pt: 18, row_pt: 5, margin_mm: around(20, 22), seal_mm: 34, qr_mm: 22 },
  slip_80mm: { ...SLIP, paper: 'roll', text_pt: 9, title_pt: 14, row_pt: 0, margin_mm: { top: 3, bottom: 6, left: 4, right: 4 }, seal_mm: 28, qr_mm: 22 },
} as const satisfies Record<string, PrintDesign>

const between = (name: string, value: number, least: number, most: number): number => {
  if (!Number.isFinite(value) || value < least || value > most) throw new PrintError('bad_data', `${name} must be ${least} to ${most}`)
  return value
}

/** The text form of a design; a value that would print nothing or run for ever is refused. */
export function designView(d: PrintDesign): { view: Record<string, unknown>; assets: Asset[] } {
  const { width, height } = PAPERS[d.paper]
  const logo = pictureAsset(d.logo)
  const seal = pictureAsset(d.seal)
  const m = d.margin_mm
  const side = (name: string, mm: number, shift: number, most: number) => between(name, mm + shift, 0, most)
  const { x, y } = d.offset_mm
  return {
    view: {
      paper: d.paper, width, height,
      text: between('text_pt', d.text_pt, 6, 16), title_size: between('title_pt', d.title_pt, 8, 36), row: between('row_pt', d.row_pt, 0, 20),
      margin: { top: side('margin', m.top, y, 100), bottom: side('margin', m.bottom, -y, 100), left: side('margin', m.left, x, width / 3), right: side('margin', m.right, -x, width / 3) },
      preprinted: d.preprinted,
      title: line(d.title, 30), header: plain(d.header, 200), footer: plain(d.footer, 400),
      logo: logo?.path ?? '', logo_mm: between('logo_mm', d.logo_mm, 4, 60), seal: seal?.path ?? '', seal_mm: between('seal_mm', d.seal_mm, 10, 60), qr_mm: between('qr_mm', d.qr_mm, 10, 60),
      copies: d.copies.slice(0, LIMITS.copies).map((one) => line(one, 20)),
      columns: d.columns.slice(0, LIMITS.table_columns).map((one) => ({ key: one.key, title: line(one.title, 20) })),
      blocks: d.blocks,
    },
    assets: [logo, seal].filter((one) => one !== null),
  }
}
