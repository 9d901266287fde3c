// The order in which a new company is set up, on the work bench until its first payment: what comes next, why, and where. The order is
// the order of the data (a price needs houses to try it on, a run needs prices, a second person must publish it).
import { sql, type RawBuilder } from 'kysely'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { analytics } from '../contract.ts'
import { words } from '../words.ts'
import { reaches } from './access.ts'

interface Step {
  code: string
  permission: string
  path: string
  /** Whether one such row is there, in the company. */
  done: (company_id: number) => RawBuilder<unknown>
}
const STEPS: Step[] = [
  { code: 'community', permission: 'property.community.write', path: '/property/communities', done: (c) => sql`select from property.community where company_id = ${c}` },
  { code: 'houses', permission: 'system.import.use', path: '/system/imports/new?kind=people.houses', done: (c) => sql`select from property.house where company_id = ${c}` },
  // Who made a draft cannot publish it: one account alone never gets a bill out.
  { code: 'members', permission: 'identity.member.write', path: '/identity/members', done: (c) => sql`select from identity.member where company_id = ${c} and disabled_at is null offset 1` },
  { code: 'items', permission: 'billing.item.write', path: '/billing/items', done: (c) => sql`select from billing.fee_item i where i.company_id = ${c} and (i.tariff_id is not null or exists (select from billing.price p where p.company_id = ${c} and p.fee_item_id = i.fee_item_id))` },
  { code: 'run', permission: 'billing.run.draft', path: '/billing/runs', done: (c) => sql`select from billing.run where company_id = ${c} and state = 'published'` },
  { code: 'payment', permission: 'payment.payment.take', path: '/payment/desk', done: (c) => sql`select from payment.payment where company_id = ${c}` },
]
const say = (of: 'setup' | 'setup_why', code: string): string => words.states?.[of]?.[code] ?? code

/** Empty once the company takes money, and for people who set nothing up. */
export async function setupOf(scope: Scope): Promise<Out<typeof analytics.workbench.gives>['setup']> {
  const mine = STEPS.filter((s) => reaches(scope, s.permission))
  if (mine.length < 2) return []
  const { rows } = await sql<Record<string, boolean>>`select ${sql.join(STEPS.map((s) => sql`exists (${s.done(scope.company_id)}) as ${sql.ref(s.code)}`))}`.execute(scope.db)
  const done = rows[0]!
  if (done['payment']) return []
  return mine.map(({ code, path }) => ({ code, zh: say('setup', code), why: say('setup_why', code), path, done: done[code] === true }))
}
