// Bill files of the simulated Alipay: a zip of GBK CSV with # lines, ready at ten the next morning, behind an address that lives half a minute.
import { randomBytes } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import { gbk } from '../gbk.ts'
import { china, Refusal, yuanText, type Book, type Json } from './book.ts'
import type { SimRefund, SimTrade } from './ledger.ts'

/** How a bill can lie to the merchant who compares. */
export const BILL_FAULTS = ['missing', 'extra', 'amount', 'totals'] as const
export type BillFault = (typeof BILL_FAULTS)[number]
export interface BillDesk {
  faults: BillFault[]
  files: Map<string, { body: Buffer; until: number }>
}
export const makeBillDesk = (): BillDesk => ({ faults: [], files: new Map() })
const FILES_MAX = 50
const LINK_MS = 30_000

/** Enough of a zip for files that fit in memory. */
function zip(files: readonly { name: string; body: Buffer }[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const f of files) {
    const name = Buffer.from(f.name)
    const packed = deflateRawSync(f.body)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x0800, 2)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(crc32(f.body), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(f.body.length, 18)
    shared.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), shared, name, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), shared, tail, name]))
    parts.push(local)
    at += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, list, end])
}

const TRADE = '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注'
const FUND = '账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注'
interface Move {
  at: string
  trade: SimTrade
  refund?: SimRefund
  fen: number
}
function movesOf(book: Book, desk: BillDesk, day: string): Move[] {
  const on = (iso: string): boolean => china(new Date(iso)).startsWith(day)
  const paid = [...book.ledger.trades.values()].filter((t) => t.paid_at && on(t.paid_at)).map((trade) => ({ at: trade.paid_at!, trade, fen: trade.fen }))
  const back = [...book.ledger.refunds.values()].filter((r) => r.done && on(r.at)).map((refund) => ({ at: refund.at, trade: book.ledger.trades.get(refund.out_trade_no)!, refund, fen: -refund.fen }))
  let moves: Move[] = [...paid, ...back].sort((a, b) => (a.at < b.at ? -1 : 1))
  const first = moves[0]
  if (desk.faults.includes('missing')) moves = moves.slice(1)
  if (desk.faults.includes('amount')) moves = moves.map((m, i) => (i === 0 ? { ...m, fen: m.fen + 100 } : m))
  if (desk.faults.includes('extra') && first) moves.push({ ...first, trade: { ...first.trade, out_trade_no: `X${first.trade.out_trade_no.slice(1)}`, trade_no: `${first.trade.trade_no}9`.slice(-28) } })
  return moves
}
/** 0.60 %, to a whole fen, half up; given back with a refund. */
const feeOf = (fen: number): number => Math.trunc((Math.abs(fen) * 6 + 500) / 1000) * Math.sign(fen)
const sum = (list: readonly number[]): number => list.reduce((n, x) => n + x, 0)
/** Alipay pads its cells with tabs. */
const cells = (list: readonly string[]): string => list.map((c) => `${c}\t`).join(',')

function tradeFile(book: Book, desk: BillDesk, moves: readonly Move[], day: string): string {
  const rows = moves.map((m) => {
    const money = yuanText(m.fen)
    return cells([m.trade.trade_no ?? '', m.trade.out_trade_no, m.refund ? '退款' : '交易', m.trade.subject, china(new Date(m.trade.created_at)), china(new Date(m.at)), '', '', '', '', '*样例(138****0000)', money, money, '0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00', '0.00', m.refund?.out_request_no ?? '', yuanText(-feeOf(m.fen)), '0.00', ''])
  })
  const ins = moves.filter((m) => !m.refund)
  const outs = moves.filter((m) => m.refund)
  const extra = desk.faults.includes('totals') ? 1 : 0
  return [
    '#支付宝业务明细查询', `#账号：[${book.keys.seller_id}0156]`, `#起始日期：[${day} 00:00:00]   终止日期：[${day} 23:59:59]`, '#-----------------------------------------业务明细列表----------------------------------------', TRADE, ...rows,
    '#-----------------------------------------业务明细列表结束------------------------------------', `#交易合计：${ins.length}笔，商家实收共${yuanText(sum(ins.map((m) => m.fen)) + extra)}元，商家优惠共0.00元`, `#退款合计：${outs.length}笔，商家实收退款共${yuanText(sum(outs.map((m) => m.fen)))}元，商家优惠退款共0.00元`, `#导出时间：[${china(book.now())}]`, '',
  ].join('\r\n')
}
function fundFile(book: Book, moves: readonly Move[], day: string): string {
  let balance = 0
  const entries = moves.flatMap((m) => [{ m, fen: m.fen, name: m.refund ? '交易退款' : '在线支付' }, ...(feeOf(m.fen) === 0 ? [] : [{ m, fen: -feeOf(m.fen), name: m.refund ? '退费' : '收费' }])])
  const rows = entries.map(({ m, fen, name }, i) => {
    balance += fen
    return cells([`${day.replaceAll('-', '')}${String(i + 1).padStart(8, '0')}`, m.trade.trade_no ?? '', m.trade.out_trade_no, m.trade.subject, china(new Date(m.at)), '样例(138****0000)', fen > 0 ? yuanText(fen) : '', fen < 0 ? yuanText(fen) : '', yuanText(balance), '支付宝', name, ''])
  })
  const ins = entries.filter((e) => e.fen > 0)
  const outs = entries.filter((e) => e.fen < 0)
  return [
    '#支付宝账务明细查询', `#账号：[${book.keys.seller_id}0156]`, `#起始日期：[${day} 00:00:00]   终止日期：[${day} 23:59:59]`, '#-----------------------------------------账务明细列表----------------------------------------', FUND, ...rows,
    '#-----------------------------------------账务明细列表结束------------------------------------', `#支出合计：${outs.length}笔，共${yuanText(sum(outs.map((e) => e.fen)))}元`, `#收入合计：${ins.length}笔，共${yuanText(sum(ins.map((e) => e.fen)))}元`, `#导出时间：[${china(book.now())}]`, '',
  ].join('\r\n')
}

export function billUrl(book: Book, desk: BillDesk, biz: Json): Json {
  const day = String(biz['bill_date'] ?? '')
  const type = String(biz['bill_type'] ?? '')
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || (type !== 'trade' && type !== 'signcustomer')) throw new Refusal('isv.invalid-arguments', '入参不合法', '40002')
  const ready = Date.parse(`${day}T10:00:00+08:00`) + 86_400_000
  const moves = book.now().getTime() < ready ? [] : movesOf(book, desk, day)
  if (moves.length === 0) throw new Refusal('isp.bill_not_exist', '账单不存在')
  const name = `${book.keys.seller_id}0156_${day.replaceAll('-', '')}`
  const text = type === 'trade' ? tradeFile(book, desk, moves, day) : fundFile(book, moves, day)
  const detail = type === 'trade' ? '业务明细' : '账务明细'
  const token = randomBytes(24).toString('base64url')
  if (desk.files.size >= FILES_MAX) desk.files.delete([...desk.files.keys()][0]!)
  desk.files.set(token, { body: zip([{ name: `${name}_${detail}.csv`, body: gbk(text) }, { name: `${name}_${detail}(汇总).csv`, body: gbk('#汇总\r\n') }]), until: book.now().getTime() + LINK_MS })
  return { bill_download_url: `${book.api_url}/downloadBillFile.resource?token=${token}` }
}
