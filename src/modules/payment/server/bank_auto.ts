// Bank lines that speak for themselves, where the rule of the community says so: a transfer of the desk with the same number and sum is linked,
// a line with the payment code of one house is taken for it, oldest bills first and the rest kept. Everything else waits for a person; so does a
// line that was tried in vain, with the reason on it.
import { sql } from 'kysely'
import { sentence } from '../../../kernel/contract.ts'
import { log } from '../../../kernel/log.ts'
import type { Schedule, Work } from '../../../kernel/app.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { words as billingWords } from '../../billing/words.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { words } from '../words.ts'
import { claimLine, linkTo, lockLine } from './bank.ts'
import { channelSenders, sentByChannel } from './bank_channel.ts'
import { rulesOfAll } from './rule.ts'
import { codesIn } from './rules/code.ts'

const AT_ONCE = 100
const NOTE_MAX = 200
/** What a booking may be refused with, in the words of whoever refuses. */
const WHY: Record<string, string> = { ...ledgerWords.refusals, ...billingWords.refusals, ...words.refusals }
interface Open {
  line_id: string
  community_id: string
  amount_fen: number
  text: string
  payment_id: string | null
}
interface Todo {
  line_id: string
  amount_fen: number
  payment_id: string | null
  house_id: string | null
}

/** Lines with exactly one answer. What has a note was looked at before, by a person or in vain. */
async function todo(scope: Scope): Promise<Todo[]> {
  const c = scope.company_id
  const places = [...(await rulesOfAll(scope, 'bank'))].filter(([, r]) => r.auto).map(([id]) => id)
  if (places.length === 0) return []
  const by = await channelSenders(scope)
  const r = await sql<Open>`select l.line_id, l.community_id, l.amount_fen, concat_ws(' ', l.memo, l.counter_name) as text,
      (select min(p.payment_id::text)::uuid from payment.tender t join payment.payment p on p.company_id = ${c} and p.payment_id = t.payment_id and p.reversed_at is null and p.source = 'desk' and p.community_id = l.community_id
        where t.company_id = ${c} and t.method = 'transfer' and t.reference = l.reference and not exists (select from payment.bank_match m where m.company_id = ${c} and m.payment_id = p.payment_id)
        having sum(t.amount_fen) = l.amount_fen and count(distinct coalesce(p.merge_id, p.payment_id)) = 1) as payment_id
    from payment.bank_line l where l.company_id = ${c} and l.community_id = any(${places}::uuid[]) and l.state = 'new' and l.amount_fen > 0 and l.note is null and not ${sentByChannel(by, 'l')} order by l.booked_on, l.line_id limit ${AT_ONCE}`.execute(scope.db)
  const codes = new Map(r.rows.map((l) => [l.line_id, codesIn(l.text)]))
  const all = [...new Set([...codes.values()].flat())]
  const houses = all.length === 0 ? [] : (await sql<{ code: string; house_id: string; community_id: string }>`select k.code, k.house_id, h.community_id from payment.house_code k join property.house h on h.company_id = ${c} and h.house_id = k.house_id where k.company_id = ${c} and k.code = any(${all}::text[])`.execute(scope.db)).rows
  return r.rows.flatMap((l) => {
    const found = houses.filter((h) => h.community_id === l.community_id && codes.get(l.line_id)!.includes(h.code))
    const house_id = found.length === 1 ? found[0]!.house_id : null
    return l.payment_id || house_id ? [{ line_id: l.line_id, amount_fen: l.amount_fen, payment_id: l.payment_id, house_id }] : []
  })
}

async function one(work: Pick<Work, 'tx'>, t: Todo): Promise<void> {
  try {
    await work.tx(async (s) => {
      if (t.payment_id) return void (await linkTo(s, t.line_id, t.payment_id))
      await claimLine(s, await lockLine(s, t.line_id, ['new']), { shares: [{ house_id: t.house_id!, amount_fen: t.amount_fen, prepay_fen: 0, lines: [] }], note: '按缴费码自动入账' })
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // Somebody was quicker: nothing to say.
    if (error.code === 'payment.bank_state') return
    log('info', 'a bank line was not booked by itself', { line_id: t.line_id, code: error.code })
    const note = `没有自动入账:${sentence(WHY[error.code] ?? '请人工认领', error.params)}`.slice(0, NOTE_MAX)
    await work.tx((s) => sql`update payment.bank_line set note = ${note} where company_id = ${s.company_id} and line_id = ${t.line_id} and state = 'new'`.execute(s.db))
  }
}

/** Each line is a payment with a receipt of its own: one transaction each, at most a hundred a minute. */
export async function bookCertain(work: Pick<Work, 'tx'>): Promise<void> {
  for (const t of await work.tx(todo)) await one(work, t)
}
export const bankAutoSchedule: Schedule = { name: 'payment.bank_auto', every_s: 60, of: 'company', run: bookCertain }
