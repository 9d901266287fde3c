// What each printed form is given. Amounts are fen, days are YYYY-MM-DD, texts are plain: nothing here is markup. The forms' view of it,
// where everything is already text, is made in receipt.ts, notice.ts and table.ts, and nowhere else.
import type { Fen } from '../money.ts'

/** Both days included (含首尾日), as it is read on paper. From a half-open period, last_on is the day before its end. */
export interface PrintPeriod {
  readonly first_on: string
  readonly last_on: string
}

export interface ReceiptLine {
  /** 收费项目 */
  readonly item: string
  /** null for what has no period: a key, a deposit. */
  readonly period: PrintPeriod | null
  /** 计算过程: `98.50㎡ × 2.80元/㎡·月 × 12月` */
  readonly working: string
  readonly due_fen: Fen
  readonly paid_fen: Fen
}

export interface Tender {
  /** 现金, 微信, 支付宝, 刷卡, 转账 … as the resident calls it. */
  readonly name: string
  readonly amount_fen: Fen
}

/** For the receipts on all papers. Must balance: Σ paid + prepaid_added = Σ tenders + prepaid_used. */
export interface ReceiptData {
  readonly company_name: string
  readonly community_name?: string | null
  /** 收款收据 unless given (退款收据, 押金收据). */
  readonly title?: string | null
  /** The company's own sentence at the foot. */
  readonly footer?: string | null
  readonly receipt_no: string
  readonly received_on: string
  readonly payer_name: string
  readonly house_name: string
  readonly lines: readonly ReceiptLine[]
  readonly tenders: readonly Tender[]
  /** 预存抵扣: earlier prepayment used up here. */
  readonly prepaid_used_fen: Fen
  /** 转入预存: the part of this payment kept for later. */
  readonly prepaid_added_fen: Fen
  /** 预存余额 after this receipt; null leaves it off. */
  readonly prepaid_balance_fen?: Fen | null
  /** 尚欠 after this receipt; null leaves it off. */
  readonly arrears_fen: Fen | null
  readonly cashier_name: string
  readonly remark?: string | null
  /** Address or code for checking the receipt; null prints no code. */
  readonly qr_text: string | null
  readonly qr_hint?: string | null
  /** 0 is the first print, n prints 补打 第n次. */
  readonly reprint_count: number
  /** Reversed (已冲正): prints 作废 across the form. */
  readonly voided: boolean
  /** Company seal (电子印章), PNG or JPEG; null leaves the place for the rubber stamp. */
  readonly seal?: Uint8Array | null
}

export interface NoticeLine {
  readonly item: string
  readonly period: PrintPeriod | null
  readonly working: string
  readonly due_fen: Fen
  readonly paid_fen: Fen
  /** 违约金 */
  readonly late_fee_fen: Fen
}

/** For the notices on all papers. What a line still owes is due − paid + late fee. */
export interface NoticeData {
  readonly company_name: string
  readonly community_name?: string | null
  /** 缴费通知单 unless given (催缴函). */
  readonly title?: string | null
  readonly notice_no: string
  readonly noticed_on: string
  readonly due_by_on: string | null
  readonly to_name: string
  readonly house_name: string
  /** Decimal text, ㎡. */
  readonly area_m2?: string | null
  /** The letter's paragraphs; empty takes the usual wording. */
  readonly paragraphs?: readonly string[]
  readonly lines: readonly NoticeLine[]
  /** 缴费方式, one a line: bank account, counter hours, phone. */
  readonly pay_ways?: readonly string[]
  readonly hotline?: string | null
  readonly qr_text: string | null
  readonly qr_hint?: string | null
  /** 送达回执 below the cut line; true unless given. */
  readonly stub?: boolean
  readonly seal?: Uint8Array | null
}

export type TableColumnKind = 'text' | 'code' | 'day' | 'count' | 'decimal' | 'fen'

export interface TableColumn {
  readonly title: string
  /** text wraps; code and day do not; count, decimal and fen stand right. */
  readonly kind: TableColumnKind
}

/** A number is fen in a `fen` column and a whole number in a `count` column; decimals come as text. */
export type TableCell = string | number | null

/** For table_a4. */
export interface TableData {
  readonly company_name?: string | null
  readonly title: string
  /** The conditions the report was made with: `收费项目：物业费`. */
  readonly filters?: readonly string[]
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly TableCell[])[]
  /** One cell a column; the first empty ones are joined under 合计. */
  readonly totals?: readonly TableCell[] | null
  readonly printed_by?: string | null
  /** As it shall be read: 2026-01-15 09:30. */
  readonly printed_at?: string | null
}

/** For letter_a4: letters, agreements, statements with signatures. */
export interface LetterData {
  /** Printed in the corner: what the paper says, to be checked against the system. */
  readonly qr_text?: string | null
  readonly company_name: string
  readonly title: string
  readonly no?: string | null
  readonly dated_on: string
  readonly to?: string | null
  readonly paragraphs: readonly string[]
  readonly columns?: readonly TableColumn[]
  readonly rows?: readonly (readonly TableCell[])[]
  readonly totals?: readonly TableCell[] | null
  /** Below the table. */
  readonly closing?: readonly string[]
  /** Without: the company's seal and the day. */
  readonly signs?: readonly { readonly who: string; readonly fields: readonly string[] }[]
}

export interface TemplateData {
  receipt_a4: ReceiptData
  receipt_a5: ReceiptData
  receipt_80mm: ReceiptData
  receipt_two_copy: ReceiptData
  receipt_three_copy: ReceiptData
  notice_a4: NoticeData
  notice_a5: NoticeData
  notice_two_copy: NoticeData
  notice_80mm: NoticeData
  table_a4: TableData
  letter_a4: LetterData
}

export type TemplateId = keyof TemplateData

export type PrintFault =
  | 'bad_data' // what was given cannot be printed truthfully: unbalanced, too many lines, a seal that is no picture
  | 'bad_template' // typst refuses the template; the message says where
  | 'too_large' // over the pages, documents or bytes limit
  | 'busy' // the queue is full: try again
  | 'timeout' // the document took longer than its time and was stopped
  | 'crashed' // the compiler's process died
  | 'closed'

export class PrintError extends Error {
  readonly code: PrintFault
  constructor(code: PrintFault, message: string) {
    super(message)
    this.name = 'PrintError'
    this.code = code
  }
}

export const LIMITS = {
  pages: 2_000,
  documents: 2_000,
  receipt_lines: 2_000,
  tenders: 20,
  copies: 6,
  // Typst takes 50 µs and 10 KB a cell: more than this belongs into Excel.
  table_cells: 100_000,
  table_columns: 40,
  seal_bytes: 1_000_000,
  /** Of an own template: a site plan. */
  picture_bytes: 8_388_608,
  data_characters: 20_000_000,
  queued: 64,
  time_ms: 30_000,
} as const
