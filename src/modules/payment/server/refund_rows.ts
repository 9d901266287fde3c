// Refunds as they are shown: list, sums, Excel, one refund and its paper.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { capitals, fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { payment, type RefundRow } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { boundList, LIST_MAX } from './list_sheet.ts'
import { companyName, slipPdf, type Slip } from './paper/slip.ts'
import { slipKind } from './paper/slip_kind.ts'

type Filter = Omit<z.output<typeof payment.refunds.takes>, 'page' | 'page_size'>

interface Read extends Omit<RefundRow, 'asked_by_name' | 'decided_by_name' | 'paid_by_name' | 'can'> {
  asked_by: string
  decided_by: string | null
  paid_by: string | null
  wallet_fen: number
  gift_back_fen: number
  fee_item_name: string | null
}
type Extra = Pick<Read, 'wallet_fen' | 'gift_back_fen' | 'fee_item_name'>
const w = (group: string, v: string): string => words.states![group]![v] ?? v

function refundsWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const list: RawBuilder<SqlBool>[] = [sql<SqlBool>`f.company_id = ${c}`, seen(scope, 'f')]
  if (f.paid_by) list.push(sql<SqlBool>`f.paid_by = ${f.paid_by} and f.method <> 'original'`)
  if (f.of_receipts) list.push(sql<SqlBool>`f.source <> 'deposit'`)
  if (f.paid_from_on) list.push(sql<SqlBool>`f.paid_on >= ${f.paid_from_on}`)
  if (f.paid_to_on) list.push(sql<SqlBool>`f.paid_on <= ${f.paid_to_on}`)
  if (f.from_on) list.push(sql<SqlBool>`f.asked_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) list.push(sql<SqlBool>`f.asked_at < ${dayStart(f.to_on, 1)}`)
  if (f.community_id) list.push(sql<SqlBool>`f.community_id = ${f.community_id}`)
  if (f.house_id) list.push(sql<SqlBool>`f.house_id = ${f.house_id}`)
  if (f.payment_id) list.push(sql<SqlBool>`f.payment_id = ${f.payment_id}`)
  if (f.source) list.push(sql<SqlBool>`f.source = ${f.source}`)
  if (f.method) list.push(sql<SqlBool>`f.method = ${f.method}`)
  if (f.state) list.push(sql<SqlBool>`f.state = ${f.state}`)
  if (f.q) list.push(sql<SqlBool>`(f.refund_no >= ${f.q} and f.refund_no < ${`${f.q}\uffff`} or f.house_id in (select h.house_id from property.house h where h.company_id = ${c} and h.label >= ${f.q} and h.label < ${`${f.q}\uffff`} limit 2000))`)
  return sql.join(list, sql` and `) as RawBuilder<SqlBool>
}

async function readRefunds(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<(RefundRow & Extra)[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (select f.* from payment.refund f where ${where} order by f.asked_at desc, f.refund_id desc limit ${limit} offset ${offset})
    select f.refund_id, f.refund_no, f.community_id, m.name as community_name, f.house_id, h.label as house_label, f.source, f.payment_id, p.receipt_no, f.deposit_id, d.deposit_no, f.amount_fen, f.wallet_fen, f.gift_back_fen, f.method, f.payee_name, f.payee_bank, f.payee_account_tail, f.reason, f.state,
      f.asked_by, f.asked_at, f.decided_by, f.decided_at, f.decide_note, f.paid_by, f.paid_at, f.reference, f.failure, i.name as fee_item_name
    from page f join property.community m on m.company_id = ${c} and m.community_id = f.community_id join property.house h on h.company_id = ${c} and h.house_id = f.house_id
    left join payment.payment p on p.company_id = ${c} and p.payment_id = f.payment_id left join payment.deposit d on d.company_id = ${c} and d.deposit_id = f.deposit_id left join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = f.fee_item_id
    order by f.asked_at desc, f.refund_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.flatMap((x) => [x.asked_by, x.decided_by, x.paid_by]))
  const may = (permission: string) => scope.who.grants.some((g) => g.permissions.includes(permission) || g.permissions.includes('*'))
  return r.rows.map(({ asked_by, decided_by, paid_by, ...x }) => ({
    ...x,
    asked_by_name: names.get(asked_by) ?? '',
    decided_by_name: decided_by ? (names.get(decided_by) ?? '') : null,
    paid_by_name: x.state !== 'done' ? null : paid_by ? (names.get(paid_by) ?? '') : '支付渠道',
    can: {
      pay: x.method === 'original' ? 'payment.refund_by_channel' : x.state !== 'approved' ? 'payment.refund_state' : may('payment.refund.pay') ? true : 'kernel.forbidden',
      cancel: x.state !== 'approved' && x.state !== 'failed' ? 'payment.refund_state' : may('payment.refund.cancel') ? true : 'kernel.forbidden',
    },
  }))
}
async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const r = await sql<{ total: number; amount_fen_sum: number; done_fen_sum: number }>`select count(*)::int as total, coalesce(sum(f.amount_fen) filter (where f.state not in ('refused','cancelled')), 0)::bigint as amount_fen_sum, coalesce(sum(f.amount_fen) filter (where f.state = 'done'), 0)::bigint as done_fen_sum
    from payment.refund f where ${where}`.execute(scope.db)
  return r.rows[0]!
}
const shown = ({ wallet_fen: _w, gift_back_fen: _g, fee_item_name: _f, ...r }: RefundRow & Extra): RefundRow => r

const refunds = answer(payment.refunds, async (scope, { page, page_size, ...f }) => {
  const where = refundsWhere(scope, f)
  return { ...(await sums(scope, where)), rows: (await readRefunds(scope, where, page_size, (page - 1) * page_size)).map(shown) }
})
const refundsExcel = answerFile(payment.refundsExcel, async (scope, f) => {
  const where = refundsWhere(scope, f)
  const total = await sums(scope, where)
  boundList(scope, '退款', total.total)
  const rows = await readRefunds(scope, where, LIST_MAX, 0)
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [
      {
        name: '退款',
        columns: [text('退款单号'), text('小区'), text('房号'), text('来源'), text('原收据号'), { title: '退款金额', kind: 'money_fen' }, text('方式'), text('收款人'), text('退款原因'), text('状态'), text('申请人'), text('申请时间'), text('审批人'), text('审批时间'), text('付款人'), text('付出时间'), text('付款凭证号')],
        rows: rows.map((r) => [r.refund_no, r.community_name, r.house_label, w('refund_source', r.source), r.receipt_no ?? r.deposit_no, r.amount_fen, w('refund_method', r.method), r.payee_name, r.reason, w('refund', r.state), r.asked_by_name, minuteText(r.asked_at), r.decided_by_name, minuteText(r.decided_at), r.paid_by_name, minuteText(r.paid_at), r.reference]),
        totals: ['合计', `${total.total} 笔`, null, null, '不含驳回与取消', total.amount_fen_sum],
      },
    ],
  })
  return { name: `退款_${f.from_on ?? ''}_${f.to_on ?? scope.today}.xlsx`, type: XLSX, body }
})

async function one(scope: Scope, refund_id: string) {
  const c = scope.company_id
  const [row] = await readRefunds(scope, sql<SqlBool>`f.company_id = ${c} and f.refund_id = ${refund_id}`, 1, 0)
  const lines = await sql<{ bill_id: string; period_on: string; fee_item_name: string; amount_fen: number }>`
    select l.bill_id, l.period_on, i.name as fee_item_name, l.amount_fen from payment.refund_line l join billing.bill b on b.company_id = ${c} and b.period_on = l.period_on and b.bill_id = l.bill_id
    join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id where l.company_id = ${c} and l.refund_id = ${refund_id} order by l.period_on, i.name`.execute(scope.db)
  const gifts = await scope.db.selectFrom('payment.promotion_back').select('working').where('company_id', '=', c).where('refund_id', '=', refund_id).where('gift_fen', '>', 0).orderBy('use_id').limit(50).execute()
  return { ...row!, lines: lines.rows, gift_workings: gifts.map((g) => g.working) }
}

async function slipOf(scope: Scope, r: Awaited<ReturnType<typeof one>>): Promise<Slip> {
  return {
    company: await companyName(scope),
    title: '退款单',
    no: r.refund_no,
    facts: [['小区', r.community_name], ['房号', r.house_label], ['收款人', r.payee_name], ['退款方式', w('refund_method', r.method)], ['状态', w('refund', r.state)], ...(r.receipt_no ?? r.deposit_no ? [['原收据', (r.receipt_no ?? r.deposit_no)!] as [string, string]] : [])],
    sections: [
      { title: '退款内容', rows: [...r.lines.map((l): [string, string] => [`${l.fee_item_name} ${l.period_on.slice(0, 7)}`, yuanGrouped(fen(l.amount_fen))]), ...(r.wallet_fen ? [[r.fee_item_name ? `${r.fee_item_name}专项预存` : '预存', yuanGrouped(fen(r.wallet_fen))] as [string, string]] : []), ['退款合计', yuanGrouped(fen(r.amount_fen))]] },
      { title: '经办', rows: [['申请', `${r.asked_by_name} ${minuteText(r.asked_at)}`], ['审批', r.decided_by_name ? `${r.decided_by_name} ${minuteText(r.decided_at)}` : ''], ['付出', r.paid_by_name ? `${r.paid_by_name} ${minuteText(r.paid_at)}` : ''], ...(r.reference ? [['凭证号', r.reference] as [string, string]] : [])] },
    ],
    capitals: `退款大写:${capitals(fen(r.amount_fen))}`,
    remark: `原因:${r.reason}`,
    signs: ['收款人签字', '经办人'],
    printed: `${scope.who.name} ${minuteText(scope.now)}`,
  }
}
/** For templates: the latest refunds within reach. */
export const refundForm = slipKind({
  kind: 'payment.refund_slip', zh: '退款单', note: '退款、退预存、退押金时打印',
  subjects: async (scope, { community_id }) => (await readRefunds(scope, sql<SqlBool>`f.company_id = ${scope.company_id} and ${seen(scope, 'f')} ${community_id ? sql`and f.community_id = ${community_id}` : sql``}`, 20, 0)).map((r) => ({ subject_id: r.refund_id, label: `${r.refund_no} ${r.house_label}` })),
  slip: async (scope, refund_id) => slipOf(scope, await one(scope, refund_id)),
})
export const refundReads = (app: () => App, seenOr404: (scope: Scope, refund_id: string) => Promise<void>) => [
  refunds,
  refundsExcel,
  answer(payment.refund, async (scope, { refund_id }) => {
    await seenOr404(scope, refund_id)
    return one(scope, refund_id)
  }),
  answerFile(payment.refundPdf, async (scope, { refund_id, form }) => {
    await seenOr404(scope, refund_id)
    const r = await one(scope, refund_id)
    const body = await slipPdf(app(), scope, { kind: 'payment.refund_slip', form, house_id: r.house_id, at: r.asked_at }, await slipOf(scope, r))
    return { name: `退款单_${r.refund_no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
