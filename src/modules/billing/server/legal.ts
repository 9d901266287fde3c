// Legal steps: cases over what one payer owes overdue for a house, steps with their proof, the limitation clock of each claim, the papers.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { openFile } from '../../../kernel/files.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { covers, houseToChange, housesSeenBy } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import type { LegalClaim, LegalDetail, LegalRow, LegalStep } from '../legal_contract.ts'
import { words } from '../words.ts'
import { LIST_MAX, listBook } from './excel.ts'
import { legalPaper } from './legal_papers.ts'
import { countedFor, type PaidOn } from './late.ts'
import { limitationOf, type Interruption } from './rules/limitation.ts'

const CLAIMS_MAX = 500
const STEPS_MAX = 200

interface Raw extends Omit<LegalRow, 'can' | 'expires_on'> {
  community_id: string
  building_id: string
  payer_id: string
  company_name: string
  note: string | null
  created_by: string
  closed_on: string | null
  close_note: string | null
}
async function read(scope: Scope, where: RawBuilder<unknown>, limit: number, offset = 0): Promise<Raw[]> {
  const c = scope.company_id
  const open = sql`case when b.voided_at is null then b.amount_fen - b.paid_fen - b.reduced_fen else 0 end`
  const { rows } = await sql<Raw>`
    with page as materialized (select k.* from billing.legal_case k where k.company_id = ${c} and ${where} order by k.opened_on desc, k.case_id limit ${limit} offset ${offset})
    select k.case_id, k.house_id, h.label as house_label, m.name as community_name, k.community_id, k.building_id, k.payer_id, pe.name as payer_name, co.name as company_name, k.opened_on, k.state, k.outcome, k.note, k.created_by, k.closed_on, k.close_note,
      s.kind as last_step, s.done_on as last_on, x.bill_count, x.claimed_fen, x.open_fen
    from page k join property.house h on h.company_id = ${c} and h.house_id = k.house_id join property.community m on m.company_id = ${c} and m.community_id = k.community_id join people.person pe on pe.company_id = ${c} and pe.person_id = k.payer_id
      join identity.company co on co.company_id = ${c}
      left join lateral (select s.kind, s.done_on from billing.legal_step s where s.company_id = ${c} and s.case_id = k.case_id and s.voided_at is null order by s.done_on desc, s.created_at desc limit 1) s on true
      cross join lateral (select count(*)::int as bill_count, coalesce(sum(l.open_fen), 0)::bigint as claimed_fen, coalesce(sum(${open}), 0)::bigint as open_fen from billing.legal_bill l join billing.bill b on b.company_id = ${c} and b.period_on = l.period_on and b.bill_id = l.bill_id where l.company_id = ${c} and l.case_id = k.case_id) x
    order by k.opened_on desc, k.case_id`.execute(scope.db)
  return rows
}

/** What began the time of these cases' claims anew: demands that arrived, acknowledgements, what is before a court; and plans signed. */
const RESTARTS = ['demand', 'lawyer', 'acknowledged', 'payment_order', 'suit', 'mediation', 'enforcement']
const restarts = (s: { kind: string; delivery: string | null; voided_at?: string | null }): boolean => RESTARTS.includes(s.kind) && (!['demand', 'lawyer'].includes(s.kind) || s.delivery !== null)
interface StepRaw extends Omit<LegalStep, 'restarts' | 'created_by_name' | 'voided'> {
  case_id: string
  created_by: string
  voided_at: string | null
}
async function stepsOf(scope: Scope, case_ids: readonly string[]): Promise<StepRaw[]> {
  const { rows } = await sql<StepRaw>`select step_id, case_id, kind, done_on, person, document_no, office, delivery, delivered_on, note, files, created_by, created_at, voided_at, void_reason from billing.legal_step
    where company_id = ${scope.company_id} and case_id = any(${[...case_ids]}::uuid[]) order by done_on, created_at limit ${STEPS_MAX * Math.max(1, case_ids.length)}`.execute(scope.db)
  return rows
}
interface ClaimRaw extends Omit<LegalClaim, 'late_fen' | 'expires_on'> {
  case_id: string
  signed_on: string | null
}
async function claimsOf(scope: Scope, case_ids: readonly string[]): Promise<ClaimRaw[]> {
  const c = scope.company_id
  const { rows } = await sql<ClaimRaw>`select l.case_id, l.bill_id, l.period_on, i.name as fee_item_name, b.amount_fen, case when b.voided_at is null then b.amount_fen - b.paid_fen - b.reduced_fen else 0 end as open_fen, b.due_on,
      (select max(p.signed_on) from billing.plan_bill x join billing.plan p on p.company_id = ${c} and p.plan_id = x.plan_id where x.company_id = ${c} and x.bill_id = l.bill_id) as signed_on
    from billing.legal_bill l join billing.bill b on b.company_id = ${c} and b.period_on = l.period_on and b.bill_id = l.bill_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    where l.company_id = ${c} and l.case_id = any(${[...case_ids]}::uuid[]) order by l.period_on, l.bill_id limit ${CLAIMS_MAX * Math.max(1, case_ids.length)}`.execute(scope.db)
  return rows
}
function expiryOf(claim: ClaimRaw, steps: readonly StepRaw[]): string {
  const by_step = steps.filter((s) => s.voided_at === null && restarts(s)).map((s): Interruption => ({ on: s.delivered_on ?? s.done_on, acknowledged: s.kind === 'acknowledged' }))
  return limitationOf(claim.due_on, [...by_step, ...(claim.signed_on ? [{ on: claim.signed_on, acknowledged: true }] : [])])
}

async function rowsOf(scope: Scope, list: readonly Raw[]): Promise<LegalRow[]> {
  const ids = list.map((r) => r.case_id)
  const steps = Map.groupBy(await stepsOf(scope, ids), (s) => s.case_id)
  const claims = Map.groupBy(await claimsOf(scope, ids), (x) => x.case_id)
  const may = scope.reach('billing.legal.write')
  return list.map((r) => {
    const dates = (claims.get(r.case_id) ?? []).filter((x) => x.open_fen > 0).map((x) => expiryOf(x, steps.get(r.case_id) ?? [])).sort()
    return {
      case_id: r.case_id, house_id: r.house_id, house_label: r.house_label, community_name: r.community_name, payer_name: r.payer_name, bill_count: r.bill_count, open_fen: r.open_fen, claimed_fen: r.claimed_fen, opened_on: r.opened_on, state: r.state, outcome: r.outcome,
      last_step: r.last_step, last_on: r.last_on, expires_on: dates[0] ?? null, can: { write: !covers(may, r) ? 'kernel.forbidden' : r.state === 'open' ? true : 'billing.legal_closed' },
    }
  })
}
async function caseToRead(scope: Scope, case_id: string): Promise<Raw> {
  const [r] = await read(scope, sql`k.case_id = ${case_id} and ${housesSeenBy(scope, { alias: 'k' })}`, 1)
  if (!r) throw scope.notFound()
  return r
}
async function caseToChange(scope: Scope, case_id: string): Promise<Raw> {
  await sql`select from billing.legal_case where company_id = ${scope.company_id} and case_id = ${case_id} for update`.execute(scope.db)
  const r = await caseToRead(scope, case_id)
  if (r.state !== 'open') throw scope.refuse('billing.legal_closed')
  return r
}

export async function detailOf(scope: Scope, paidOn: PaidOn, case_id: string): Promise<LegalDetail & { company_name: string; community_id: string }> {
  const r = await caseToRead(scope, case_id)
  const [row] = await rowsOf(scope, [r])
  const steps = await stepsOf(scope, [case_id])
  const claims = await claimsOf(scope, [case_id])
  const late = new Map((await countedFor(scope, paidOn, r.house_id, r.community_id, scope.today)).map((x) => [x.bill.bill_id, x.rest_fen]))
  const names = await memberNames(scope, [r.created_by, ...steps.map((s) => s.created_by)])
  const shown = claims.map(({ case_id: _, signed_on: _s, ...x }, i) => ({ ...x, late_fen: late.get(x.bill_id) ?? 0, expires_on: expiryOf(claims[i]!, steps) }))
  return {
    ...row!, company_name: r.company_name, community_id: r.community_id, note: r.note, closed_on: r.closed_on, close_note: r.close_note, created_by_name: names.get(r.created_by) ?? '', claims: shown, late_fen: shown.reduce((n, x) => n + x.late_fen, 0),
    steps: steps.map(({ created_by, voided_at, case_id: _, ...s }) => ({ ...s, restarts: voided_at === null && restarts(s), created_by_name: names.get(created_by) ?? '', voided: voided_at !== null })),
  }
}

const openCase = answer(billing.openLegalCase, async (scope, o) => {
  const c = scope.company_id
  const house = await houseToChange(scope, o.house_id)
  const case_id = uuidv7()
  const made = await sql`insert into billing.legal_case (company_id, case_id, community_id, building_id, house_id, payer_id, opened_on, note, created_by, created_at)
    values (${c}, ${case_id}, ${house.community_id}, ${house.building_id}, ${o.house_id}, ${o.payer_id}, ${scope.today}, ${o.note ?? null}, ${scope.who.account_id}, ${scope.now}) on conflict (company_id, house_id, payer_id) where state = 'open' do nothing returning case_id`.execute(scope.db)
  if (made.rows.length === 0) throw scope.refuse('billing.legal_open', { house: house.label })
  const taken = await sql`insert into billing.legal_bill (company_id, case_id, bill_id, period_on, open_fen)
    select ${c}::bigint, ${case_id}::uuid, b.bill_id, b.period_on, b.amount_fen - b.paid_fen - b.reduced_fen from billing.bill b where b.company_id = ${c} and b.community_id = ${house.community_id} and b.house_id = ${o.house_id} and b.payer_id = ${o.payer_id}
      and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and b.due_on < ${scope.today}::date order by b.period_on, b.bill_id limit ${CLAIMS_MAX}`.execute(scope.db)
  if (!taken.numAffectedRows) throw scope.refuse('billing.legal_nothing', { house: house.label })
  scope.note('legal_case', case_id, { house: house.label, bills: Number(taken.numAffectedRows) })
  return { case_id }
})

const addStep = answer(billing.addLegalStep, async (scope, o) => {
  await caseToChange(scope, o.case_id)
  const [delivery, delivered_on] = [o.delivery ?? null, o.delivered_on ?? null]
  if ((delivery === null) !== (delivered_on === null) || (delivered_on && delivered_on < o.done_on)) throw scope.refuse('billing.legal_delivery')
  if (o.done_on > scope.today || (delivered_on && delivered_on > scope.today)) throw scope.refuse('billing.legal_future')
  const ids = [...new Set(o.attachments ?? [])]
  const files = ids.length ? await scope.db.selectFrom('kernel.file').select(['file_id', 'name']).where('company_id', '=', scope.company_id).where('file_id', 'in', ids).where('purpose', '=', 'proof').where('created_by', '=', scope.who.account_id).execute() : []
  if (files.length !== ids.length) throw scope.notFound()
  const step_id = uuidv7()
  await scope.db.insertInto('billing.legal_step').values({ company_id: scope.company_id, step_id, case_id: o.case_id, kind: o.kind, done_on: o.done_on, person: o.person, document_no: o.document_no ?? null, office: o.office ?? null, delivery, delivered_on, note: o.note ?? null, files: JSON.stringify(files) as never, created_by: scope.who.account_id!, created_at: scope.now }).execute()
  scope.note('legal_case', o.case_id, { step: o.kind, done_on: o.done_on })
  return { step_id }
})

const voidStep = answer(billing.voidLegalStep, async (scope, { step_id, reason }) => {
  const c = scope.company_id
  const s = await scope.db.selectFrom('billing.legal_step').select(['case_id', 'voided_at']).where('company_id', '=', c).where('step_id', '=', step_id).executeTakeFirst()
  if (!s) throw scope.notFound()
  await caseToChange(scope, s.case_id)
  const done = await sql`update billing.legal_step set voided_at = ${scope.now}, voided_by = ${scope.who.account_id}, void_reason = ${reason} where company_id = ${c} and step_id = ${step_id} and voided_at is null`.execute(scope.db)
  if (done.numAffectedRows !== 1n) throw scope.refuse('billing.already_void', { at: scope.today })
  scope.note('legal_case', s.case_id, { void_step: step_id, reason })
  return { step_id }
})

const closeCase = answer(billing.closeLegalCase, async (scope, o) => {
  const r = await caseToChange(scope, o.case_id)
  if (o.outcome === 'paid' && r.open_fen > 0) throw scope.refuse('billing.legal_unpaid', { open: yuanGrouped(fen(r.open_fen)) })
  await scope.db.updateTable('billing.legal_case').set({ state: 'closed', closed_on: scope.today, closed_by: scope.who.account_id, outcome: o.outcome, close_note: o.note ?? null }).where('company_id', '=', scope.company_id).where('case_id', '=', o.case_id).execute()
  scope.note('legal_case', o.case_id, { outcome: o.outcome })
  return { case_id: o.case_id }
})

function whereOf(scope: Scope, f: Out<typeof billing.legalCasesExcel.takes>): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [housesSeenBy(scope, { alias: 'k' })]
  if (f.community_id) w.push(sql`k.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql`k.house_id = ${f.house_id}`)
  if (f.state) w.push(sql`k.state = ${f.state}`)
  return sql.join(w, sql` and `)
}

export const legalAnswers = (app: () => App, paidOn: PaidOn) => [
  answer(billing.legalCases, async (scope, f) => {
    const where = whereOf(scope, f)
    const { rows } = await sql<{ total: number }>`select count(*)::int as total from billing.legal_case k where k.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
    const page = await rowsOf(scope, await read(scope, where, f.page_size, (f.page - 1) * f.page_size))
    return { rows: page, total: rows[0]!.total, open_fen: page.reduce((n, r) => n + r.open_fen, 0) }
  }),
  answer(billing.legalCase, async (scope, { case_id }) => (({ company_name: _, community_id: _c, ...d }) => d)(await detailOf(scope, paidOn, case_id))),
  answerFile(billing.legalCasesExcel, async (scope, f) => {
    const rows = await rowsOf(scope, await read(scope, whereOf(scope, f), LIST_MAX + 1))
    return listBook(scope, { name: '法务催收', count_word: '案' }, rows, [
      ['小区', 'text', (r) => r.community_name], ['房号', 'text', (r) => r.house_label], ['欠费人', 'text', (r) => r.payer_name], ['账单数', 'int', (r) => r.bill_count], ['立案时未收', 'money_fen', (r) => r.claimed_fen], ['现在未收', 'money_fen', (r) => r.open_fen],
      ['最近一步', 'text', (r) => r.last_step && words.states!['legal_step']![r.last_step]], ['办理日', 'day', (r) => r.last_on], ['时效届满日', 'day', (r) => r.expires_on], ['立案日', 'day', (r) => r.opened_on], ['状态', 'text', (r) => (r.outcome ? words.states!['outcome']![r.outcome] : words.states!['legal_case']![r.state])],
    ])
  }),
  openCase, addStep, voidStep, closeCase, legalPaper(app, (scope, case_id) => detailOf(scope, paidOn, case_id)),
  answerFile(billing.legalFile, async (scope, { case_id, file_id }) => {
    await caseToRead(scope, case_id)
    const file = (await stepsOf(scope, [case_id])).flatMap((s) => s.files).find((x) => x.file_id === file_id)
    const kept = file ? await scope.db.selectFrom('kernel.file').select(['sha256', 'type']).where('company_id', '=', scope.company_id).where('file_id', '=', file_id).executeTakeFirst() : undefined
    if (!file || !kept) throw scope.notFound()
    return { name: file.name, type: kept.type, body: openFile(app().data_dir, kept.sha256) }
  }),
]
