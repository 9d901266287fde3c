// Bill files of Alipay: an address that lives half a minute, behind it a zip of CSV in GBK with # lines around. No hash is named, so the
// file's own totals are what it is believed by. Source: alipay.data.dataservice.bill.downloadurl.query (opendocs.alipay.com/open/028woc).
import { openZip, inflate } from '../../../../kernel/sheet/zip.ts'
import { LIMITS, SheetRefusal } from '../../../../kernel/sheet/index.ts'
import { BillFault, fenOfParts, hashOf, mustAgree, orNull, part, timeOf } from './bill_lines.ts'
import type { BillAsked, BillLine, BillResult } from './channel.ts'
import { call, refuse, unknown, type Core } from './alipay_core.ts'
import * as read from './alipay_read.ts'

const TYPES = { trade: 'trade', fund: 'signcustomer' }
const FILE_MAX = 128 * 1024 * 1024
const LINES_MAX = 500_000
const DETAIL = { trade: /业务明细\.csv$/, fund: /账务明细\.csv$/ }

export async function fetchBill(core: Core, { kind, on_day }: BillAsked): Promise<BillResult> {
  if (!/^\d{4}-\d\d-\d\d$/.test(on_day)) return refuse('on_day')
  const reply = await call(core, 'alipay.data.dataservice.bill.downloadurl.query', { bill_type: TYPES[kind], bill_date: on_day })
  if (reply.kind === 'unknown') return reply
  if (reply.kind === 'failed') return /BILL_NOT_EXIST/i.test(reply.code) ? { kind: 'none' } : reply
  const url = read.readBillUrl(reply.json)
  if (!url) return unknown('malformed')
  const ours = core.simulated ? url.origin === core.gateway.origin : url.protocol === 'https:' && url.hostname.endsWith('.alipay.com')
  if (!ours) return unknown('download_host')
  const answer = await core.files.send({ url, method: 'GET', headers: { 'User-Agent': 'heyuan', 'Content-Length': '0' }, body: '' })
  if (!answer.ok) return unknown(answer.cause)
  if (answer.status !== 200) return unknown(`http_${answer.status}`)
  try {
    const file = await detailOf(answer.body, DETAIL[kind])
    const text = new TextDecoder('gbk').decode(file)
    return { kind: 'ok', bill: { lines: kind === 'trade' ? tradeLines(text) : fundLines(text), file_hash: hashOf(file) } }
  } catch (error) {
    if (error instanceof BillFault || error instanceof SheetRefusal) return unknown(`bill:${error.message.slice(0, 120)}`)
    throw error
  }
}

async function detailOf(body: Buffer, name: RegExp): Promise<Buffer> {
  const zip = openZip(body, { ...LIMITS, max_entries: 20, max_inflated_bytes: FILE_MAX })
  // Old archives name their files in GBK; the one that is no summary is the detail.
  const names = [...zip.entries.keys()]
  const found = names.find((n) => name.test(n)) ?? (names.length === 1 ? names[0] : undefined)
  if (!found) throw new BillFault('no detail file in the archive')
  const chunks: Buffer[] = []
  for await (const chunk of inflate(zip, found)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

type Row = Record<string, string>
/** Rows by column name, and the # lines after the table. */
function table(text: string): { rows: Row[]; after: string } {
  const lines = text.split(/\r?\n/).map((l) => l.trim())
  if (lines.length > LINES_MAX) throw new BillFault(`${lines.length} lines`)
  const begin = lines.findIndex((l) => /^#-+.*明细列表-+$/.test(l))
  const end = lines.findIndex((l) => /^#-+.*明细列表结束-+$/.test(l))
  if (begin < 0 || end < begin + 1) throw new BillFault('the table has no beginning or no end')
  const head = lines[begin + 1]!.split(',').map((n) => n.trim().replaceAll('（', '(').replaceAll('）', ')'))
  const rows = lines.slice(begin + 2, end).filter((l) => l !== '').map((l) => {
    const cells = l.split(',').map((v) => v.replaceAll('\t', '').trim())
    if (cells.length !== head.length) throw new BillFault(`${cells.length} values for ${head.length} columns`)
    return Object.fromEntries(head.map((n, i) => [n, cells[i]!]))
  })
  return { rows, after: lines.slice(end + 1).join('\n') }
}
const sum = (list: readonly bigint[]): bigint => list.reduce((n, x) => n + x, 0n)
function told(after: string, pattern: RegExp): { count: number; parts: bigint } {
  const m = pattern.exec(after)
  if (!m) throw new BillFault(`no totals ${pattern.source}`)
  return { count: Number.parseInt(m[1]!, 10), parts: part(m[2], 'totals') }
}

export function tradeLines(text: string): BillLine[] {
  const { rows, after } = table(text)
  const read_ = rows.map((r) => ({ r, back: r['业务类型'] === '退款', amount: part(r['订单金额(元)'], '订单金额'), received: part(r['商家实收(元)'], '商家实收'), fee: part(r['服务费(元)'], '服务费') }))
  const paid = told(after, /#交易合计[:：](\d+)笔[,，]商家实收共(-?[\d.]+)元/)
  const back = told(after, /#退款合计[:：](\d+)笔[,，]商家实收退款共(-?[\d.]+)元/)
  const of = (b: boolean) => read_.filter((x) => x.back === b)
  mustAgree('交易笔数', of(false).length, paid.count)
  mustAgree('退款笔数', of(true).length, back.count)
  mustAgree('交易合计', sum(of(false).map((x) => x.received)), paid.parts)
  mustAgree('退款合计', sum(of(true).map((x) => x.received)), back.parts)
  return read_.map(({ r, back: isBack, amount, fee }, i) => ({
    line_no: i + 1,
    kind: isBack ? 'refund' : 'pay',
    at: timeOf(r['完成时间']),
    provider_txn: orNull(r['支付宝交易号']),
    out_trade_no: orNull(r['商户订单号']),
    provider_refund: null,
    out_refund_no: isBack ? orNull(r['退款批次号/请求号']) : null,
    // Refunds are written below zero already.
    amount_fen: fenOfParts(amount),
    // 服务费 is below zero when it is taken.
    fee_fen: -fenOfParts(fee) || 0,
    balance_fen: null,
    business: r['业务类型'] ?? '',
    raw: r,
  }))
}

const FUND: Record<string, BillLine['kind']> = { 在线支付: 'pay', 交易付款: 'pay', 收费: 'fee', 交易退款: 'refund', 退费: 'fee', 提现: 'payout' }
export function fundLines(text: string): BillLine[] {
  const { rows, after } = table(text)
  const read_ = rows.map((r) => ({ r, amount: part(r['收入金额(+元)'], '收入金额') + part(r['支出金额(-元)'], '支出金额') }))
  const ins = told(after, /#收入合计[:：](\d+)笔[,，]共([\d.]+)元/)
  const outs = told(after, /#支出合计[:：](\d+)笔[,，]共(-?[\d.]+)元/)
  const of = (sign: 1n | -1n) => read_.filter((x) => x.amount * sign > 0n)
  mustAgree('收入笔数', of(1n).length, ins.count)
  mustAgree('支出笔数', of(-1n).length, outs.count)
  mustAgree('收入合计', sum(of(1n).map((x) => x.amount)), ins.parts)
  mustAgree('支出合计', sum(of(-1n).map((x) => x.amount)), outs.parts < 0n ? outs.parts : -outs.parts)
  return read_.map(({ r, amount }, i) => ({
    line_no: i + 1,
    kind: FUND[r['业务类型'] ?? ''] ?? 'other',
    at: timeOf(r['发生时间']),
    provider_txn: orNull(r['业务流水号']),
    out_trade_no: orNull(r['商户订单号']),
    provider_refund: null,
    out_refund_no: null,
    amount_fen: fenOfParts(amount),
    fee_fen: 0,
    balance_fen: fenOfParts(part(r['账户余额(元)'], '账户余额')),
    business: r['业务类型'] ?? '',
    raw: r,
  }))
}
