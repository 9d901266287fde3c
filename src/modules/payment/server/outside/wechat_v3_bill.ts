// Bill files (交易账单, 资金账单) of WeChat Pay: asked for with a signature, downloaded without one, believed by the hash that the signed answer
// named. Values are text behind a backtick, yuan with decimals; the last two lines are the file's own totals.
// Source: merchant documents 申请交易账单 4012791871, 申请资金账单 4012791872, 下载账单 4012791873.
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { BillFault, fenOfParts, hashOf, mustAgree, orNull, part, timeOf } from './bill_lines.ts'
import type { BillAsked, BillLine, BillResult } from './channel.ts'
import { call, dispatch, refuse, unknown, type Core } from './wechat_v3_core.ts'
import * as read from './wechat_v3_read.ts'

const FILE_MAX = 128 * 1024 * 1024
const LINES_MAX = 500_000
const PATHS = { trade: '/v3/bill/tradebill', fund: '/v3/bill/fundflowbill' }

export async function fetchBill(core: Core, { kind, on_day }: BillAsked): Promise<BillResult> {
  if (!/^\d{4}-\d\d-\d\d$/.test(on_day)) return refuse('on_day')
  const more = kind === 'trade' ? '&bill_type=ALL' : '&account_type=BASIC'
  const reply = await call(core, 'GET', `${PATHS[kind]}?bill_date=${on_day}${more}&tar_type=GZIP`)
  if (reply.kind === 'unknown') return reply
  if (reply.kind === 'failed') {
    if (reply.code === 'NO_STATEMENT_EXIST') return { kind: 'none' }
    if (reply.code === 'STATEMENT_CREATING') return unknown(reply.code)
    return { kind: 'failed', code: reply.code, message: reply.message }
  }
  const where = read.readBillPlace(reply.json)
  if (!where) return unknown('malformed')
  const url = new URL(where.download_url)
  // The address came signed, yet our signature goes with the request: it stays at the provider.
  if (url.origin !== core.base.origin) return unknown('download_host')
  const answer = await dispatch(core, 'GET', `${url.pathname}${url.search}`, undefined, core.files)
  if (!answer.ok) return unknown(answer.cause)
  if (answer.status !== 200) return unknown(`http_${answer.status}`)
  const file = unpack(answer.body)
  if (!file) return unknown('packed')
  if (createHash('sha1').update(file).digest('hex') !== where.hash_value.toLowerCase()) return unknown('hash')
  try {
    return { kind: 'ok', bill: { lines: kind === 'trade' ? tradeLines(file) : fundLines(file), file_hash: hashOf(file) } }
  } catch (error) {
    if (error instanceof BillFault) return unknown(`bill:${error.message.slice(0, 120)}`)
    throw error
  }
}

function unpack(body: Buffer): Buffer | null {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body
  try {
    return gunzipSync(body, { maxOutputLength: FILE_MAX })
  } catch {
    return null
  }
}

type Row = Record<string, string>
/** Rows by column name, and the totals row by its own names. */
function table(file: Buffer): { rows: Row[]; totals: Row } {
  const text = file.toString('utf8').replace(/^\uFEFF/, '')
  const lines = text.split(/\r?\n/).filter((l) => l !== '')
  if (lines.length < 3 || lines.length > LINES_MAX) throw new BillFault(`${lines.length} lines`)
  const head = lines[0]!.split(',')
  const body = lines.slice(1, -2)
  if (body.some((l) => !l.startsWith('`'))) throw new BillFault('a line without backtick')
  return { rows: body.map((l) => named(head, l)), totals: named(lines.at(-2)!.split(','), lines.at(-1)!) }
}
function named(head: readonly string[], line: string): Row {
  const cells = line.replace(/^`/, '').split(',`')
  if (cells.length !== head.length) throw new BillFault(`${cells.length} values for ${head.length} columns`)
  return Object.fromEntries(head.map((name, i) => [name.trim(), cells[i]!.trim()]))
}

const sum = (list: readonly bigint[]): bigint => list.reduce((n, x) => n + x, 0n)

export function tradeLines(file: Buffer): BillLine[] {
  const { rows, totals } = table(file)
  const read = rows.map((r) => {
    const back = r['交易状态'] === 'REFUND' || r['交易状态'] === 'REVOKED'
    return { r, back, amount: back ? part(r['申请退款金额'], '申请退款金额') : part(r['订单金额'], '订单金额'), fee: part(r['手续费'], '手续费') }
  })
  mustAgree('总交易单数', rows.length, Number(totals['总交易单数']))
  mustAgree('订单总金额', sum(read.map((x) => (x.back ? 0n : x.amount))), part(totals['订单总金额'], '订单总金额'))
  mustAgree('申请退款总金额', sum(read.map((x) => (x.back ? x.amount : 0n))), part(totals['申请退款总金额'], '申请退款总金额'))
  mustAgree('手续费总金额', sum(read.map((x) => x.fee)), part(totals['手续费总金额'], '手续费总金额'))
  return read.map(({ r, back, amount, fee }, i) => ({
    line_no: i + 1,
    kind: back ? 'refund' : 'pay',
    at: timeOf(r['交易时间']),
    provider_txn: orNull(r['微信订单号']),
    out_trade_no: orNull(r['商户订单号']),
    provider_refund: back ? orNull(r['微信退款单号']) : null,
    out_refund_no: back ? orNull(r['商户退款单号']) : null,
    amount_fen: back ? -fenOfParts(amount) : fenOfParts(amount),
    fee_fen: fenOfParts(fee),
    balance_fen: null,
    business: back ? `退款 ${r['退款状态'] ?? ''}`.trim() : `支付 ${r['交易状态'] ?? ''}`.trim(),
    raw: r,
  }))
}

const FUND: Record<string, BillLine['kind']> = { 交易: 'pay', 退款: 'refund', 扣除交易手续费: 'fee', 交易手续费: 'fee', 提现: 'payout' }
export function fundLines(file: Buffer): BillLine[] {
  const { rows, totals } = table(file)
  const read = rows.map((r) => {
    const amount = part(r['收支金额(元)'], '收支金额')
    return { r, out: r['收支类型'] === '支出', amount }
  })
  mustAgree('资金流水总笔数', rows.length, Number(totals['资金流水总笔数']))
  mustAgree('收入金额', sum(read.map((x) => (x.out ? 0n : x.amount))), part(totals['收入金额'], '收入金额'))
  mustAgree('支出金额', sum(read.map((x) => (x.out ? x.amount : 0n))), part(totals['支出金额'], '支出金额'))
  return read.map(({ r, out, amount }, i) => ({
    line_no: i + 1,
    kind: FUND[r['业务名称'] ?? ''] ?? FUND[r['业务类型'] ?? ''] ?? 'other',
    at: timeOf(r['记账时间']),
    provider_txn: orNull(r['微信支付业务单号']),
    out_trade_no: orNull(r['业务凭证号']),
    provider_refund: null,
    out_refund_no: null,
    amount_fen: out ? -fenOfParts(amount) : fenOfParts(amount),
    fee_fen: 0,
    balance_fen: fenOfParts(part(r['账户结余(元)'], '账户结余')),
    business: [r['业务类型'], r['业务名称']].filter(Boolean).join(' '),
    raw: r,
  }))
}
