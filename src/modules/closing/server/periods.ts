// 结账: what stands before closing a month of a book, said with where to settle it; the freezing itself is the ledger's.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { BOOKS, type BookName } from '../../ledger/contract.ts'
import { askReopening, closeBook, decideReopening } from '../../ledger/server/index.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { closing, type CheckItem } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { openDays } from './days.ts'

const bookText = (book: string): string => ledgerWords.states!['book']![book] ?? book
const nextOf = (month: string): string => `${addMonths(month, 1)}-01`

/** Counts of what is not settled, each one query. */
async function checklist(scope: Scope, book: BookName, month: string): Promise<CheckItem[]> {
  const c = scope.company_id
  const first = `${month}-01`
  const next = nextOf(month)
  const last = addDays(next, -1)
  const { rows } = await sql<{ unbalanced: number; manual: number; reversals: number; drafts: number; events: number; commission: number; clearing: number; differences: number }>`select
    (select count(*)::int from closing.recon_item i where i.company_id = ${c} and i.state = 'open' and i.business_day >= ${first}::date and i.business_day < ${next}::date) as differences,
    (select count(*)::int from (select p.journal_id from ledger.posting p where p.company_id = ${c} and p.book = ${book} and p.booked_on >= ${first}::date and p.booked_on < ${next}::date group by 1 having sum(p.amount_fen) <> 0) x) as unbalanced,
    (select count(*)::int from ledger.manual_entry m where m.company_id = ${c} and m.book = ${book} and m.state = 'asked' and m.booked_on >= ${first}::date and m.booked_on < ${next}::date) as manual,
    (select count(*)::int from payment.reversal r join payment.payment p on p.company_id = ${c} and p.payment_id = r.payment_id where r.company_id = ${c} and r.state = 'asked' and p.taken_on >= ${first}::date and p.taken_on < ${next}::date) as reversals,
    (select count(*)::int from billing.run r where r.company_id = ${c} and r.state = 'draft' and r.period_on = ${first}::date) as drafts,
    (select count(*)::int from payment.channel_event e where e.company_id = ${c} and e.verdict = 'mismatch' and e.received_at >= ${dayStart(first)} and e.received_at < ${dayStart(next)}) as events,
    (select count(*)::int from ledger.fee_model m where m.company_id = ${c} and m.model = 'commission' and m.from_on <= ${first}::date and (m.to_on is null or m.to_on > ${first}::date)
      and exists (select from ledger.posting p where p.company_id = ${c} and p.book = 'owners' and p.community_id = m.community_id and p.booked_on >= ${first}::date and p.booked_on < ${next}::date)
      and not exists (select from ledger.journal j where j.company_id = ${c} and j.source_type = 'commission' and j.source_id = m.community_id::text || ':' || ${month} and j.kind = 'commission')) as commission,
    (select count(*)::int from (select p.account_code from ledger.posting p where p.company_id = ${c} and p.book = ${book} and p.account_code like '3001%' and p.booked_on < ${next}::date group by p.account_code having sum(p.amount_fen) <> 0) x) as clearing`.execute(scope.db)
  const n = rows[0]!
  const days = book === 'company' ? await openDays(scope, first, last) : 0
  const item = (code: string, zh: string, level: CheckItem['level'], count: number, to: string | null): CheckItem[] => (count > 0 ? [{ code, zh, level, count, to }] : [])
  return [
    ...item('unbalanced', '借贷不平的凭证', 'block', n.unbalanced, '/ledger/journals'),
    ...item('manual', '手工凭证待审核', 'block', n.manual, '/ledger/manual?state=asked'),
    ...item('days', '有收款的日子没有日结', 'block', days, `/closing/days?from_on=${first}&to_on=${last}&state=open`),
    ...(book === 'company' || book === 'owners' ? item('commission', '酬金制小区没有计提酬金', 'block', n.commission, '/ledger/models') : []),
    ...(book === 'company' ? item('reversals', '收款冲销待审', 'warn', n.reversals, '/payment/reversals?state=asked') : []),
    ...(book === 'company' ? item('differences', '对账差异未结', 'warn', n.differences, '/closing/differences?state=open') : []),
    ...item('drafts', '本月账期的出账还是草稿', 'warn', n.drafts, `/billing/runs?period=${month}&state=draft`),
    ...(book === 'company' ? item('events', '内容不符的渠道通知', 'warn', n.events, '/payment/channels') : []),
    ...item('clearing', '与其他账簿的往来还没有划清', 'warn', n.clearing, `/ledger/trial?book=${book}&from=${month}&to=${month}`),
  ]
}

interface ReopeningRow {
  reopening_id: string
  closing_id: string
  book: BookName
  month: string
  reason: string
  state: 'asked' | 'approved' | 'refused'
  asked_by: string
  asked_at: string
  decided_by: string | null
  decided_at: string | null
  decide_note: string | null
}
async function reopeningRows(scope: Scope, where: ReturnType<typeof sql>, limit: number, offset: number) {
  const c = scope.company_id
  const { rows } = await sql<ReopeningRow>`select r.reopening_id, r.closing_id, k.book, to_char(k.period_on, 'YYYY-MM') as month, r.reason, r.state, r.asked_by, r.asked_at, r.decided_by, r.decided_at, r.decide_note
    from ledger.reopening r join ledger.closing k on k.company_id = ${c} and k.closing_id = r.closing_id where r.company_id = ${c} and ${where} order by r.asked_at desc, r.reopening_id limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.asked_by, r.decided_by]))
  const may = mayDo(scope.who, 'closing.period.reopen')
  return rows.map(({ asked_by, decided_by, ...r }) => ({
    ...r, asked_by_name: names.get(asked_by) ?? null, decided_by_name: (decided_by && names.get(decided_by)) || null,
    can: { decide: !may ? 'kernel.forbidden' : r.state !== 'asked' ? 'ledger.already_decided' : asked_by === scope.who.account_id ? 'ledger.same_person' : (true as const) },
  }))
}

const periods = answer(closing.periods, async (scope, { year }) => {
  wholeCompany(scope)
  const { rows } = await sql<{ book: BookName; month: string; state: 'open' | 'closed' }>`select book, to_char(period_on, 'YYYY-MM') as month, state from ledger.period where company_id = ${scope.company_id} and period_on >= ${`${year}-01-01`}::date and period_on < ${`${year + 1}-01-01`}::date`.execute(scope.db)
  const known = new Map(rows.map((r) => [`${r.book} ${r.month}`, r.state]))
  const now = scope.today.slice(0, 7)
  return {
    rows: Array.from({ length: 12 }, (_, i) => {
      const month = `${year}-${String(i + 1).padStart(2, '0')}`
      return { month, books: BOOKS.map((book) => ({ book, state: known.get(`${book} ${month}`) ?? (month > now ? ('future' as const) : ('none' as const)) })) }
    }),
  }
})

const period = answer(closing.period, async (scope, { book, month }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const { rows } = await sql<{ closing_id: string; closed_by: string | null; closed_at: string; journal_count: number; debit_fen: number; credit_fen: number; balance_hash: string }>`select k.closing_id, k.closed_by, k.closed_at, k.journal_count, k.debit_fen, k.credit_fen, k.balance_hash
    from ledger.period p join ledger.closing k on k.company_id = ${c} and k.closing_id = p.closing_id where p.company_id = ${c} and p.book = ${book} and p.period_on = ${`${month}-01`}::date`.execute(scope.db)
  const k = rows[0]
  const checks = k ? [] : await checklist(scope, book, month)
  const reopenings = await reopeningRows(scope, sql`k.book = ${book} and k.period_on = ${`${month}-01`}::date`, 20, 0)
  const close = !mayDo(scope.who, 'closing.period.close') ? 'kernel.forbidden' : k ? 'ledger.period_closed_already' : nextOf(month) > scope.today ? 'ledger.period_not_over' : checks.some((x) => x.level === 'block') ? 'closing.blocked' : (true as const)
  const later = await sql<{ is: boolean }>`select exists (select from ledger.period where company_id = ${c} and book = ${book} and period_on > ${`${month}-01`}::date and state = 'closed') as is`.execute(scope.db)
  const reopen = !mayDo(scope.who, 'closing.period.reopen') ? 'kernel.forbidden' : reopenings.some((r) => r.state === 'asked') ? 'ledger.reopening_pending' : later.rows[0]!.is ? 'closing.not_last' : (true as const)
  return {
    state: k ? ('closed' as const) : ('open' as const), checks, reopenings, can: { close, reopen },
    closing: k ? { closing_id: k.closing_id, closed_by_name: (await memberNames(scope, [k.closed_by])).get(k.closed_by ?? '') ?? null, closed_at: k.closed_at, journal_count: k.journal_count, debit_fen: k.debit_fen, credit_fen: k.credit_fen, balance_hash: k.balance_hash } : null,
  }
})

export const periodAnswers = [
  periods,
  period,
  answer(closing.closePeriod, async (scope, { book, month, note }) => {
    wholeCompany(scope)
    const blocked = (await checklist(scope, book, month)).filter((x) => x.level === 'block')
    if (blocked.length > 0) throw scope.refuse('closing.blocked', { book: bookText(book), month, what: blocked.map((b) => `${b.zh} ${b.count} 项`).join('、') })
    return closeBook(scope, { book, month, note })
  }),
  answer(closing.askReopening, async (scope, { closing_id, reason }) => {
    wholeCompany(scope)
    return { reopening_id: await askReopening(scope, closing_id, reason) }
  }),
  answer(closing.decideReopening, async (scope, o) => {
    wholeCompany(scope)
    return { state: await decideReopening(scope, o) }
  }),
  answer(closing.reopenings, async (scope, { page, page_size, state }) => {
    wholeCompany(scope)
    const { rows } = await sql<{ total: number }>`select count(*)::int as total from ledger.reopening r where r.company_id = ${scope.company_id} ${state ? sql`and r.state = ${state}` : sql``}`.execute(scope.db)
    return { total: rows[0]!.total, rows: await reopeningRows(scope, state ? sql`r.state = ${state}` : sql`true`, page_size, (page - 1) * page_size) }
  }),
]
