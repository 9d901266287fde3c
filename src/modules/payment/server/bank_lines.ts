// Bank lines as a person works through them: each with the houses it may belong to, why, and payments of the desk it may prove.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communitiesSeenBy, parseHouseText } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { BankLine, Proposal } from '../contract_bank.ts'
import { words } from '../words.ts'
import { sureOf } from './rules/claim.ts'
import { codesIn } from './rules/code.ts'

type Filter = Omit<z.output<typeof payment.bankLines.takes>, 'page' | 'page_size'>
const EXCEL_MAX = 50_000
const PROPOSALS_MAX = 5
export const OPEN_STATES = ['new', 'suspense', 'returning']

function linesWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`l.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 'l' })]
  if (f.from_on) w.push(sql<SqlBool>`l.booked_on >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`l.booked_on <= ${f.to_on}`)
  if (f.community_id) w.push(sql<SqlBool>`l.community_id = ${f.community_id}`)
  if (f.account_id) w.push(sql<SqlBool>`l.account_id = ${f.account_id}`)
  if (f.state) w.push(sql<SqlBool>`l.state = ${f.state}`)
  if (f.open) w.push(sql<SqlBool>`l.state = any(${OPEN_STATES})`)
  if (f.q) w.push(sql<SqlBool>`(strpos(coalesce(l.counter_name, ''), ${f.q}) > 0 or strpos(coalesce(l.memo, ''), ${f.q}) > 0 or strpos(coalesce(l.reference, ''), ${f.q}) > 0)`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
interface Read extends Omit<BankLine, 'decided_by_name' | 'proposals' | 'payments' | 'matched' | 'can'> {
  decided_by: string | null
}
async function readLines(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<Read[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (select l.* from payment.bank_line l where ${where} order by l.booked_on desc, l.line_id desc limit ${limit} offset ${offset})
    select l.line_id, l.booked_on, a.bank || ' ' || right(a.account_no, 4) as account_name, l.community_id, m.name as community_name, l.amount_fen, l.counter_name, l.counter_tail, l.memo, l.reference, l.state, l.note, l.decided_by, l.decided_at, l.suspended_on, ${scope.today}::date - l.booked_on as age_days
    from page l join payment.bank_account a on a.company_id = ${c} and a.account_id = l.account_id join property.community m on m.company_id = ${c} and m.community_id = l.community_id order by l.booked_on desc, l.line_id desc`.execute(scope.db)
  return r.rows
}
async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const r = await sql<{ total: number; in_fen_sum: number; open_fen_sum: number; suspense_fen_sum: number }>`select count(*)::int as total, coalesce(sum(l.amount_fen) filter (where l.amount_fen > 0), 0)::bigint as in_fen_sum,
    coalesce(sum(l.amount_fen) filter (where l.state = any(${OPEN_STATES})), 0)::bigint as open_fen_sum, coalesce(sum(l.amount_fen) filter (where l.state in ('suspense', 'returning')), 0)::bigint as suspense_fen_sum from payment.bank_line l where ${where}`.execute(scope.db)
  return r.rows[0]!
}

/** Houses that the open lines of a page may belong to, and why; four looks for the whole page. */
async function proposalsFor(scope: Scope, lines: readonly Read[]): Promise<Map<string, Proposal[]>> {
  const open = lines.filter((l) => OPEN_STATES.includes(l.state))
  if (open.length === 0) return new Map()
  const c = scope.company_id
  const words_of = open.map((l) => ({ l, codes: codesIn(`${l.memo ?? ''} ${l.counter_name ?? ''}`), rooms: roomsIn(l.memo ?? '') }))
  const communities = [...new Set(open.map((l) => l.community_id))]
  const codes = words_of.flatMap((w) => w.codes)
  const rooms = words_of.flatMap((w) => w.rooms)
  const names = open.flatMap((l) => (l.counter_name ? [l.counter_name] : []))
  const r = await sql<{ why: 'code' | 'room' | 'name' | 'amount'; key: string; house_id: string; community_id: string; label: string; open_fen: number }>`
    with owed as materialized (select b.house_id, b.community_id, sum(b.amount_fen - b.paid_fen - b.reduced_fen)::bigint as open_fen from billing.bill b
      where b.company_id = ${c} and b.community_id = any(${communities}::uuid[]) and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen group by 1, 2),
    hit as (
      select 'code' as why, k.code as key, k.house_id from payment.house_code k where k.company_id = ${c} and k.code = any(${codes}::text[])
      union all select 'room', h.label, h.house_id from property.house h where h.company_id = ${c} and h.community_id = any(${communities}::uuid[]) and h.label = any(${rooms}::text[])
      union all select 'name', p.name, o.house_id from people.person p join (select house_id, person_id from people.ownership where company_id = ${c} and from_on <= ${scope.today} and (to_on is null or to_on > ${scope.today})
          union select house_id, person_id from people.tenancy where company_id = ${c} and from_on <= ${scope.today} and (to_on is null or to_on > ${scope.today})) o on o.person_id = p.person_id
        where p.company_id = ${c} and p.name = any(${names}::text[])
      union all select 'amount', x.key, x.house_id from (select o.open_fen::text as key, min(o.house_id::text)::uuid as house_id from owed o where o.open_fen = any(${open.map((l) => l.amount_fen)}::bigint[]) group by o.community_id, o.open_fen having count(*) = 1) x
    )
    select distinct i.why, i.key, h.house_id, h.community_id, h.label, coalesce(o.open_fen, 0)::bigint as open_fen from hit i join property.house h on h.company_id = ${c} and h.house_id = i.house_id and h.community_id = any(${communities}::uuid[]) left join owed o on o.house_id = h.house_id limit 2000`.execute(scope.db)
  const owners = await ownerNames(scope, [...new Set(r.rows.map((x) => x.house_id))])
  const rank = { code: 8, room: 4, name: 2, amount: 1 }
  return new Map(
    words_of.map(({ l, codes: own, rooms: labels }) => {
      const by = new Map<string, Proposal>()
      for (const x of r.rows) {
        const fits = x.community_id === l.community_id && (x.why === 'code' ? own.includes(x.key) : x.why === 'room' ? labels.includes(x.key) : x.why === 'name' ? x.key === l.counter_name : x.open_fen === l.amount_fen)
        if (!fits) continue
        const p = by.get(x.house_id) ?? { house_id: x.house_id, house_label: x.label, owner_names: owners.get(x.house_id) ?? '', open_fen: x.open_fen, why: [], sure: 'maybe' as const }
        if (!p.why.includes(x.why)) p.why.push(x.why)
        if (x.why !== 'amount' && x.open_fen === l.amount_fen && !p.why.includes('amount')) p.why.push('amount')
        by.set(x.house_id, p)
      }
      const score = (p: Proposal) => p.why.reduce((n, w) => n + rank[w], 0)
      const all = [...by.values()]
      const sure = sureOf(all.map((p) => p.why))
      // What is sure of all of them comes first, however many there are.
      const judged = all.map((p, i) => ({ ...p, sure: sure[i]! }))
      return [l.line_id, judged.sort((a, b) => Number(b.sure !== 'maybe') - Number(a.sure !== 'maybe') || score(b) - score(a) || a.house_label.localeCompare(b.house_label)).slice(0, PROPOSALS_MAX)] as [string, Proposal[]]
    }),
  )
}
/** House numbers in a memo: '1-2-301物业费', '3栋2单元502'. */
function roomsIn(memo: string): string[] {
  const parts = memo.match(/\d+\s*[-—－]\s*\d+(?:\s*[-—－]\s*\d+)?|\d+\s*(?:栋|幢|号楼|座)[^,,;;]{0,20}/g) ?? []
  return [...new Set(parts.flatMap((p) => parseHouseText(p.trim())?.label ?? []))].slice(0, 5)
}

/** Transfers taken at the desk within a week of the line, of the same amount or number, that no line proves yet. */
async function paymentsFor(scope: Scope, lines: readonly Read[]): Promise<Map<string, BankLine['payments']>> {
  const open = lines.filter((l) => l.state === 'new' || l.state === 'suspense')
  if (open.length === 0) return new Map()
  const c = scope.company_id
  const r = await sql<{ line_id: string; payment_id: string; receipt_no: string; house_label: string; taken_on: string; total_fen: number }>`
    select k.line_id, p.payment_id, p.receipt_no, h.label || case when g.houses > 1 then ' 等 ' || g.houses || ' 户' else '' end as house_label, p.taken_on, k.fen as total_fen
    from unnest(${open.map((l) => l.line_id)}::uuid[], ${open.map((l) => l.community_id)}::uuid[], ${open.map((l) => l.amount_fen)}::bigint[], ${open.map((l) => l.booked_on)}::date[]) as k(line_id, community_id, fen, on_day)
    join payment.payment p on p.company_id = ${c} and p.community_id = k.community_id and p.taken_on between k.on_day - 7 and k.on_day + 7 and p.source = 'desk' and p.reversed_at is null
    cross join lateral (select sum(t.amount_fen) as fen, count(*) as houses, min(x.receipt_no) as first_no from payment.payment x join payment.tender t on t.company_id = ${c} and t.payment_id = x.payment_id and t.method = 'transfer'
      where x.company_id = ${c} and x.reversed_at is null and (x.payment_id = p.payment_id or x.merge_id = p.merge_id)) g
    join property.house h on h.company_id = ${c} and h.house_id = p.house_id
    where (exists (select from payment.tender t where t.company_id = ${c} and t.payment_id = p.payment_id and t.method = 'transfer' and t.amount_fen = k.fen) or g.houses > 1 and g.fen = k.fen and p.receipt_no = g.first_no)
      and not exists (select from payment.bank_match m where m.company_id = ${c} and m.payment_id = p.payment_id) order by p.taken_on limit 500`.execute(scope.db)
  return Map.groupBy(r.rows, (x) => x.line_id) as never
}

export async function linesShown(scope: Scope, lines: readonly Read[]): Promise<BankLine[]> {
  const c = scope.company_id
  const proposals = await proposalsFor(scope, lines)
  const payments = await paymentsFor(scope, lines)
  const matched = await sql<{ line_id: string; payment_id: string; receipt_no: string; house_label: string; amount_fen: number }>`select m.line_id, m.payment_id, p.receipt_no, h.label as house_label, m.amount_fen from payment.bank_match m
    join payment.payment p on p.company_id = ${c} and p.payment_id = m.payment_id join property.house h on h.company_id = ${c} and h.house_id = p.house_id where m.company_id = ${c} and m.line_id = any(${lines.map((l) => l.line_id)}::uuid[]) order by h.label`.execute(scope.db)
  const by = Map.groupBy(matched.rows, (x) => x.line_id)
  const names = await memberNames(scope, lines.map((l) => l.decided_by))
  const may = scope.who.grants.some((g) => g.permissions.includes('payment.bank.match') || g.permissions.includes('*'))
  return lines.map(({ decided_by, ...l }) => {
    const open = l.amount_fen > 0 && (l.state === 'new' || l.state === 'suspense')
    const can = (ok: boolean): true | string => (!may ? 'kernel.forbidden' : ok ? true : 'payment.bank_state')
    return {
      ...l, decided_by_name: decided_by ? (names.get(decided_by) ?? '') : null, proposals: proposals.get(l.line_id) ?? [],
      payments: (payments.get(l.line_id) ?? []).map(({ payment_id, receipt_no, house_label, taken_on, total_fen }) => ({ payment_id, receipt_no, house_label, taken_on, total_fen })),
      matched: (by.get(l.line_id) ?? []).map(({ line_id: _, ...x }) => x), can: { match: can(open), suspend: can(l.state === 'new' && l.amount_fen > 0), ignore: can(l.state === 'new'), give_back: can(l.state === 'suspense') },
    }
  })
}

const bankLines = answer(payment.bankLines, async (scope, { page, page_size, ...f }) => {
  const where = linesWhere(scope, f)
  return { ...(await sums(scope, where)), rows: await linesShown(scope, await readLines(scope, where, page_size, (page - 1) * page_size)) }
})
const bankLinesExcel = answerFile(payment.bankLinesExcel, async (scope, f) => {
  const where = linesWhere(scope, f)
  const total = await sums(scope, where)
  const rows = await readLines(scope, where, EXCEL_MAX, 0)
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [
      {
        name: '银行流水',
        columns: [{ title: '交易日', kind: 'day' }, text('账户'), text('小区'), { title: '金额', kind: 'money_fen' }, text('对方户名'), text('对方账号末四位'), text('摘要与附言'), text('流水号'), text('状态'), { title: '账龄(天)', kind: 'int' }, text('处理时间'), text('说明')],
        rows: rows.map((l) => [l.booked_on, l.account_name, l.community_name, l.amount_fen, l.counter_name, l.counter_tail, l.memo, l.reference, words.states!['bank']![l.state] ?? l.state, OPEN_STATES.includes(l.state) ? l.age_days : null, minuteText(l.decided_at), l.note]),
        totals: ['合计', `${total.total} 笔`, '收入', total.in_fen_sum],
      },
    ],
  })
  return { name: `银行流水_${f.from_on ?? ''}_${f.to_on ?? scope.today}.xlsx`, type: XLSX, body }
})
export const bankLineReads = [bankLines, bankLinesExcel]
