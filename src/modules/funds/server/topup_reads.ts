// Plans of the top-up as they are shown, their lines, and the notices on paper.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { percentText } from '../../../kernel/percent.ts'
import { renderMany } from '../../../kernel/print/index.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { TopupLine, TopupRow } from '../topup_contract.ts'
import type { Vote } from '../use_contract.ts'
import { words } from '../words.ts'
import { PAID, topupMay, type TopupAct } from './topup.ts'

const EXCEL_MAX = 20_000
const NOTICES_MAX = 500

type Raw = Omit<TopupRow, 'created_by_name' | 'open_fen'> & { created_by: string }
async function plans(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<TopupRow[]> {
  const { rows } = await sql<Raw>`with page as materialized (select p.* from funds.topup_plan p where ${where} order by p.created_at desc, p.plan_id limit ${limit} offset ${offset})
    select p.plan_id, p.plan_no, p.community_id, m.name as community_name, p.title, p.way, p.target_bp, p.threshold_bp, p.basis, p.state, p.due_on, p.house_count, p.total_fen, p.created_by, p.created_at,
      case when p.issued_at is null then 0 else (select coalesce(sum(${PAID}), 0) from funds.topup_line l where l.company_id = p.company_id and l.plan_id = p.plan_id) end::bigint as paid_fen
    from page p join property.community m on m.company_id = p.company_id and m.community_id = p.community_id order by p.created_at desc, p.plan_id`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  return rows.map(({ created_by, ...r }) => ({ ...r, open_fen: r.total_fen - r.paid_fen, created_by_name: names.get(created_by) ?? '' }))
}
const plansWhere = (scope: Scope, f: { community_id?: string | undefined; state?: string | undefined }): RawBuilder<unknown> =>
  sql`p.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'p' })} ${f.community_id ? sql`and p.community_id = ${f.community_id}` : sql``} ${f.state ? sql`and p.state = ${f.state}` : sql``}`
async function planToRead(scope: Scope, plan_id: string) {
  const p = await scope.db.selectFrom('funds.topup_plan').selectAll().where('company_id', '=', scope.company_id).where('plan_id', '=', plan_id).where(communitiesSeenBy(scope, { alias: 'topup_plan' })).executeTakeFirst()
  if (!p) throw scope.notFound()
  return p
}
interface LineFilter {
  plan_id: string
  open?: boolean | undefined
  q?: string | undefined
}
const PAID_NOW = sql`case when p.issued_at is null then 0 else ${PAID} end`
function lineFrom(scope: Scope, f: LineFilter, house_ids?: readonly string[]): RawBuilder<unknown> {
  const w = [sql`l.company_id = ${scope.company_id}`, sql`l.plan_id = ${f.plan_id}`, housesSeenBy(scope, { alias: 'l' })]
  if (f.q) w.push(housesLike(f.q))
  if (f.open) w.push(sql`${PAID_NOW} < l.due_fen`)
  if (house_ids) w.push(sql`l.house_id = any(${[...house_ids]}::uuid[])`)
  return sql`from funds.topup_line l join funds.topup_plan p on p.company_id = l.company_id and p.plan_id = l.plan_id join property.house h on h.company_id = l.company_id and h.house_id = l.house_id where ${sql.join(w, sql` and `)}`
}
async function linesOf(scope: Scope, from: RawBuilder<unknown>, limit: number, offset: number): Promise<TopupLine[]> {
  const { rows } = await sql<Omit<TopupLine, 'owner_names' | 'open_fen'>>`select l.house_id, l.line_no, h.label as house_label, h.built_area_m2, l.first_fen, l.balance_fen, l.due_fen, (${PAID_NOW})::bigint as paid_fen, l.told_count ${from} order by l.line_no limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await ownerNames(scope, rows.map((r) => r.house_id))
  return rows.map((r) => ({ ...r, open_fen: r.due_fen - r.paid_fen, owner_names: names.get(r.house_id) ?? '' }))
}

export const topupReadAnswers = [
  answer(funds.topups, async (scope, { page, page_size, ...f }) => {
    const where = plansWhere(scope, f)
    const n = await sql<{ total: number }>`select count(*)::int as total from funds.topup_plan p where ${where}`.execute(scope.db)
    return { rows: await plans(scope, where, page_size, (page - 1) * page_size), total: n.rows[0]!.total }
  }),
  answerFile(funds.topupsExcel, async (scope, f) => {
    const rows = await plans(scope, plansWhere(scope, f), EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('funds.export_many', { max: EXCEL_MAX })
    const sum = (k: 'total_fen' | 'paid_fen' | 'open_fen') => rows.reduce((n, r) => n + r[k], 0)
    const body = await writeSheet({
      sheets: [{
        name: '维修资金续筹', title_rows: [`维修资金续筹 ${scope.today} 共 ${rows.length} 个方案`],
        columns: [...['方案号', '名称', '小区', '依据方式', '补足到'].map((title) => ({ title, kind: 'text' as const })), { title: '户数', kind: 'int' }, ...['应补合计', '已补', '未补'].map((title) => ({ title, kind: 'money_fen' as const })), { title: '状态', kind: 'text' }, { title: '缴款期限', kind: 'day' }, { title: '拟定人', kind: 'text' }, { title: '依据', kind: 'text' }],
        rows: rows.map((r) => [r.plan_no, r.title, r.community_name, words.states!['topup_way']![r.way], percentText(r.target_bp), r.house_count, r.total_fen, r.paid_fen, r.open_fen, words.states!['topup']![r.state], r.due_on, r.created_by_name, r.basis]),
        totals: ['合计', '', '', '', '', rows.reduce((n, r) => n + r.house_count, 0), sum('total_fen'), sum('paid_fen'), sum('open_fen'), '', '', '', ''],
      }],
    })
    return { name: `维修资金续筹_${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(funds.topup, async (scope, { plan_id }) => {
    const p = await planToRead(scope, plan_id)
    const [row] = await plans(scope, sql`p.company_id = ${scope.company_id} and p.plan_id = ${plan_id}`, 1, 0)
    const told = await sql<{ n: number }>`select coalesce(sum(told_count), 0)::int as n from funds.topup_line where company_id = ${scope.company_id} and plan_id = ${plan_id}`.execute(scope.db)
    const names = await memberNames(scope, [p.issued_by])
    const r = scope.reach('funds.topup.write')
    const writes = mayDo(scope.who, 'funds.topup.write') && (r.all || r.community_ids.includes(p.community_id))
    const can = (act: TopupAct): true | string => (!writes ? 'kernel.forbidden' : topupMay(p, act) ? true : 'funds.topup_state')
    return { ...row!, vote: p.vote as Vote | null, voted_on: p.voted_on, issued_by_name: (p.issued_by && names.get(p.issued_by)) || null, issued_at: p.issued_at, closed_at: p.closed_at, end_note: p.end_note, told_count: told.rows[0]!.n, can: { vote: can('vote'), issue: can('issue'), cancel: can('cancel'), close: can('close') } }
  }),
  answer(funds.topupLines, async (scope, { page, page_size, ...f }) => {
    await planToRead(scope, f.plan_id)
    const from = lineFrom(scope, f)
    const { rows } = await sql<{ total: number; due_fen: number; paid_fen: number }>`select count(*)::int as total, coalesce(sum(l.due_fen), 0)::bigint as due_fen, coalesce(sum(${PAID_NOW}), 0)::bigint as paid_fen ${from}`.execute(scope.db)
    return { rows: await linesOf(scope, from, page_size, (page - 1) * page_size), ...rows[0]!, open_fen: rows[0]!.due_fen - rows[0]!.paid_fen }
  }),
  answerFile(funds.topupExcel, async (scope, f) => {
    const p = await planToRead(scope, f.plan_id)
    const rows = await linesOf(scope, lineFrom(scope, f), EXCEL_MAX + 1, 0)
    // Cut off, its sums would be those of a part.
    if (rows.length > EXCEL_MAX) throw scope.refuse('funds.export_many', { max: EXCEL_MAX })
    const sum = (k: 'due_fen' | 'paid_fen' | 'open_fen') => rows.reduce((n, r) => n + r[k], 0)
    const body = await writeSheet({
      sheets: [{
        name: '续筹明细', title_rows: [`${p.plan_no} ${p.title}${p.due_on ? ` 期限 ${p.due_on}` : ''}`],
        columns: [{ title: '序号', kind: 'int' }, { title: '房号', kind: 'text' }, { title: '业主', kind: 'text' }, { title: '建筑面积', kind: 'number' }, ...['首次缴存', '当时余额', '应补', '已补', '未补'].map((title) => ({ title, kind: 'money_fen' as const }))],
        rows: rows.map((r) => [r.line_no, r.house_label, r.owner_names, r.built_area_m2, r.first_fen, r.balance_fen, r.due_fen, r.paid_fen, r.open_fen]), totals: ['合计', '', '', '', '', '', sum('due_fen'), sum('paid_fen'), sum('open_fen')],
      }],
    })
    return { name: `续筹明细_${p.plan_no}.xlsx`, type: XLSX, body }
  }),
  answerFile(funds.topupNotices, async (scope, { plan_id, house_ids }) => {
    const p = await planToRead(scope, plan_id)
    if (p.state !== 'issued') throw scope.refuse('funds.topup_state', { state: words.states!['topup']![p.state] ?? p.state })
    const place = await communityToChange(scope, p.community_id)
    const lines = await linesOf(scope, lineFrom(scope, { plan_id, open: true }, house_ids), NOTICES_MAX + 1, 0)
    if (lines.length > NOTICES_MAX) throw scope.refuse('funds.many', { max: NOTICES_MAX })
    if (lines.length === 0) throw scope.notFound()
    const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirstOrThrow()
    const bank = await sql<{ bank_name: string; account_name: string; account_no: string }>`select b.bank_name, b.account_name, b.account_no from funds.house_account a join funds.bank b on b.company_id = a.company_id and b.bank_id = a.bank_id where a.company_id = ${scope.company_id} and a.house_id = ${lines[0]!.house_id}`.execute(scope.db)
    const b = bank.rows[0]!
    const percent = (bp: number) => `${String(bp / 100)}%`
    const body = await renderMany('notice_a4', lines.map((l) => ({
      company_name: company.name, community_name: place.name, title: '维修资金续筹通知', notice_no: `${p.plan_no}-${String(l.line_no).padStart(4, '0')}`, noticed_on: dayOf(p.issued_at!), due_by_on: p.due_on, to_name: l.owner_names || '业主', house_name: `${place.name} ${l.house_label}`, area_m2: l.built_area_m2, hotline: place.service_phone, qr_text: null,
      paragraphs: [`您的房屋分户账余额 ${yuanGrouped(fen(l.balance_fen))} 元,低于首次缴存 ${yuanGrouped(fen(l.first_fen))} 元的 ${percent(p.threshold_bp)}。依据:${p.basis}。请于 ${p.due_on!} 前将下列款项存入维修资金专户,并注明房号。维修资金属于业主,存入您的分户账。`],
      pay_ways: [`${b.bank_name} ${b.account_name} ${b.account_no}`, `凭银行回单到${place.name}物业服务中心登记,领取缴存收据`],
      lines: [{ item: '住宅专项维修资金续筹', period: null, working: `补足到首次缴存的 ${percent(p.target_bp)}`, due_fen: fen(l.due_fen), paid_fen: fen(l.paid_fen), late_fee_fen: fen(0) }],
    })))
    return { name: `续筹通知_${p.plan_no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
