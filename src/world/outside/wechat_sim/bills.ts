// Bill files (交易账单, 资金账单) of the simulated gateway, written from the documents 4012791871 and 4012791872: one Chinese day, ready at ten
// the next morning, values behind a backtick, amounts in yuan, fee 0.60 %, then the totals.
import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beijing, Refusal, type Book } from './book.ts'
import type { SimOrder, SimRefund } from './ledger.ts'
import { yuanText } from './page.ts'

/** How a bill can lie to the merchant who compares. */
export const BILL_FAULTS = ['missing', 'extra', 'amount', 'totals'] as const
export type BillFault = (typeof BILL_FAULTS)[number]

type Json = Record<string, unknown>
const FILES_MAX = 50
export interface BillDesk {
  faults: BillFault[]
  files: Map<string, Buffer>
}
export const makeBillDesk = (): BillDesk => ({ faults: [], files: new Map() })

const TRADE = ['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号', '用户标识', '交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额', '微信退款单号', '商户退款单号', '退款金额', '充值券退款金额', '退款类型', '退款状态', '商品名称', '商户数据包', '手续费', '费率', '订单金额', '申请退款金额', '费率备注']
const TRADE_TOTALS = ['总交易单数', '应结订单总金额', '退款总金额', '充值券退款总金额', '手续费总金额', '订单总金额', '申请退款总金额']
const FUND = ['记账时间', '微信支付业务单号', '资金流水单号', '业务名称', '业务类型', '收支类型', '收支金额(元)', '账户结余(元)', '资金变更提交申请人', '备注', '业务凭证号']
const FUND_TOTALS = ['资金流水总笔数', '收入笔数', '收入金额', '支出笔数', '支出金额']

const clock = (iso: string): string => beijing(new Date(iso)).slice(0, 19).replace('T', ' ')
const dayOf = (iso: string): string => clock(iso).slice(0, 10)
/** 0.60 %, to a whole fen, half up. */
const feeOf = (fen: number): number => Math.trunc((fen * 6 + 500) / 1000)
const line = (cells: readonly string[]): string => cells.map((c) => `\`${c}`).join(',')
const file = (head: readonly string[], rows: readonly (readonly string[])[], totals: readonly string[], sums: readonly string[]): Buffer =>
  Buffer.from(`\uFEFF${[head.join(','), ...rows.map(line), totals.join(','), line(sums)].join('\r\n')}\r\n`)

interface Move {
  at: string
  order: SimOrder
  refund?: SimRefund
  fen: number
}
function movesOf(book: Book, day: string): Move[] {
  const { orders, refunds } = book.ledger
  const paid = [...orders.values()].filter((o) => o.paid_at && dayOf(o.paid_at) === day).map((order) => ({ at: order.paid_at!, order, fen: order.total }))
  const back = [...refunds.values()].filter((r) => r.status !== 'CLOSED' && dayOf(r.created_at) === day).map((refund) => ({ at: refund.created_at, order: orders.get(refund.out_trade_no)!, refund, fen: refund.refund }))
  return [...paid, ...back].sort((a, b) => (a.at < b.at ? -1 : 1))
}

function tradeRow(book: Book, { at, order, refund, fen }: Move): string[] {
  const { app_id, mch_id } = book.keys
  const fee = feeOf(fen)
  const none = '0.00'
  const common = [clock(at), app_id, mch_id, '', '', order.transaction_id ?? '', order.out_trade_no, order.openid ?? '', order.trade_type, refund ? 'REFUND' : 'SUCCESS', 'OTHERS', 'CNY']
  return refund
    ? [...common, none, none, refund.refund_id, refund.out_refund_no, yuanText(fen), none, 'ORIGINAL', refund.status, order.description, '', `-${yuanText(fee)}000`, '0.60%', none, yuanText(fen), '']
    : [...common, yuanText(fen), none, '', '', none, none, '', '', order.description, '', `${yuanText(fee)}000`, '0.60%', yuanText(fen), none, '']
}

/** What a lying bill shows instead of the truth. */
function lied(moves: readonly Move[], faults: readonly BillFault[]): Move[] {
  let out = [...moves]
  if (faults.includes('missing')) out = out.slice(1)
  if (faults.includes('amount')) out = out.map((m, i) => (i === 0 ? { ...m, fen: m.fen + 100 } : m))
  const first = moves[0]
  if (faults.includes('extra') && first) out.push({ ...first, order: { ...first.order, out_trade_no: `X${first.order.out_trade_no.slice(1)}`, transaction_id: `${first.order.transaction_id}9`.slice(-28) } })
  return out
}

const sumOf = (list: readonly number[]): number => list.reduce((n, x) => n + x, 0)
const signed = (fen: number): string => (fen < 0 ? `-${yuanText(-fen)}` : yuanText(fen))

function tradeFile(book: Book, desk: BillDesk, day: string): Buffer | null {
  const moves = lied(movesOf(book, day), desk.faults)
  if (moves.length === 0) return null
  const paid = sumOf(moves.filter((m) => !m.refund).map((m) => m.fen)) + (desk.faults.includes('totals') ? 1 : 0)
  const back = sumOf(moves.filter((m) => m.refund).map((m) => m.fen))
  const fees = sumOf(moves.map((m) => (m.refund ? -feeOf(m.fen) : feeOf(m.fen))))
  const sums = [String(moves.length), yuanText(paid), yuanText(back), '0.00', `${signed(fees)}000`, yuanText(paid), yuanText(back)]
  return file(TRADE, moves.map((m) => tradeRow(book, m)), TRADE_TOTALS, sums)
}

function fundFile(book: Book, desk: BillDesk, day: string): Buffer | null {
  const moves = lied(movesOf(book, day), desk.faults)
  let balance = 0
  const rows: string[][] = []
  const sums = { in: 0, in_count: 0, out: 0, out_count: 0 }
  const book_ = (m: Move, name: string, fen: number): void => {
    balance += fen
    if (fen > 0) {
      sums.in += fen
      sums.in_count++
    } else {
      sums.out -= fen
      sums.out_count++
    }
    rows.push([clock(m.at), (m.refund?.refund_id ?? m.order.transaction_id)!, `${(m.refund?.refund_id ?? m.order.transaction_id)!}${rows.length}`, name, name, fen > 0 ? '收入' : '支出', yuanText(Math.abs(fen)), signed(balance), 'system', '', m.refund?.out_refund_no ?? m.order.out_trade_no])
  }
  for (const m of moves) {
    book_(m, m.refund ? '退款' : '交易', m.refund ? -m.fen : m.fen)
    if (feeOf(m.fen) > 0) book_(m, '扣除交易手续费', m.refund ? feeOf(m.fen) : -feeOf(m.fen))
  }
  return rows.length === 0 ? null : file(FUND, rows, FUND_TOTALS, [String(rows.length), String(sums.in_count), yuanText(sums.in), String(sums.out_count), yuanText(sums.out)])
}

export function askBill(book: Book, desk: BillDesk, kind: 'trade' | 'fund', query: URLSearchParams): Json {
  const day = query.get('bill_date') ?? ''
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Refusal(400, 'PARAM_ERROR', 'bill_date 格式错误')
  const ready = Date.parse(`${day}T10:00:00+08:00`) + 86_400_000
  if (book.now().getTime() < Date.parse(`${day}T00:00:00+08:00`) + 86_400_000) throw new Refusal(400, 'INVALID_REQUEST', '账单日期须早于今天')
  if (book.now().getTime() < ready) throw new Refusal(400, 'STATEMENT_CREATING', '账单生成中，请稍后再试')
  const plain = kind === 'trade' ? tradeFile(book, desk, day) : fundFile(book, desk, day)
  if (!plain) throw new Refusal(400, 'NO_STATEMENT_EXIST', '账单文件不存在')
  const token = randomBytes(24).toString('base64url')
  if (desk.files.size >= FILES_MAX) desk.files.delete([...desk.files.keys()][0]!)
  desk.files.set(token, query.get('tar_type') === 'GZIP' ? gzipSync(plain) : plain)
  return { hash_type: 'SHA1', hash_value: createHash('sha1').update(plain).digest('hex'), download_url: `${book.api_url}/v3/billdownload/file?token=${token}` }
}
