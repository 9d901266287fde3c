// Accounts are data: the built-in chart of each book, and what the company adds. An account with postings keeps its code and kind for ever;
// it can be renamed and taken out of use.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ledger, type Account, type BookName } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { CHARTS } from './chart.ts'

/** Writes the built-in chart of books that have none yet, or an older one. */
export async function seedAccounts(scope: Scope, books: readonly BookName[]): Promise<void> {
  const rows = books.flatMap((book) => CHARTS[book].map((a) => ({ book, ...a })))
  await sql`insert into ledger.account (company_id, book, code, name, kind, normal)
    select ${scope.company_id}::bigint, x.book, x.code, x.name, x.kind, x.normal from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(book text, code text, name text, kind text, normal text)
    on conflict do nothing`.execute(scope.db)
}

/** Of the company and, where it has not been written yet, of the built-in chart. */
export async function accountsOf(scope: Scope, book: BookName): Promise<Account[]> {
  const { rows } = await sql<Account>`select code, name, kind, normal, built_in, note, disabled_at is not null as disabled from ledger.account where company_id = ${scope.company_id} and book = ${book} order by code`.execute(scope.db)
  const known = new Set(rows.map((r) => r.code))
  const rest = CHARTS[book].filter((a) => !known.has(a.code)).map((a) => ({ ...a, built_in: true, note: null, disabled: false }))
  return [...rows, ...rest].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** Accounts that an item of income of this book may be booked to. */
export async function incomeCodes(scope: Scope, book: BookName): Promise<string[]> {
  return (await accountsOf(scope, book)).filter((a) => !a.disabled && (a.kind === 'income' || (book === 'trust' && a.code.startsWith('2241')) || (book === 'company' && a.code === '2241'))).map((a) => a.code)
}

const CODES_MAX = 500
export const accountAnswers = [
  answer(ledger.accounts, async (scope, { book }) => ({ rows: await accountsOf(scope, book) })),
  answer(ledger.saveAccount, async (scope, o) => {
    wholeCompany(scope)
    await seedAccounts(scope, [o.book])
    const c = scope.company_id
    const before = await scope.db.selectFrom('ledger.account').selectAll().where('company_id', '=', c).where('book', '=', o.book).where('code', '=', o.code).forUpdate().executeTakeFirst()
    if (before) {
      if (before.kind !== o.kind) throw scope.refuse('ledger.account_fixed', { code: o.code, name: before.name })
      await scope.db.updateTable('ledger.account').set({ name: o.name, note: o.note ?? null }).where('company_id', '=', c).where('book', '=', o.book).where('code', '=', o.code).execute()
    } else {
      const { n } = (await sql<{ n: number }>`select count(*)::int as n from ledger.account where company_id = ${c} and book = ${o.book}`.execute(scope.db)).rows[0]!
      if (n >= CODES_MAX) throw scope.refuse('ledger.too_many_accounts', { max: CODES_MAX })
      const normal = o.kind === 'asset' || o.kind === 'expense' ? ('debit' as const) : ('credit' as const)
      await scope.db.insertInto('ledger.account').values({ company_id: c, book: o.book, code: o.code, name: o.name, kind: o.kind, normal, built_in: false, note: o.note ?? null }).execute()
    }
    scope.note('account', `${o.book} ${o.code}`, { before: before?.name ?? null, after: o.name })
    return { code: o.code }
  }),
  answer(ledger.setAccountDisabled, async (scope, o) => {
    wholeCompany(scope)
    await seedAccounts(scope, [o.book])
    const built_in = CHARTS[o.book].some((a) => a.code === o.code)
    // Documents book to the built-in accounts: out of use, one of them would stop the desk.
    if (built_in && o.disabled) throw scope.refuse('ledger.account_built_in', { code: o.code })
    const r = await scope.db.updateTable('ledger.account').set({ disabled_at: o.disabled ? scope.now : null }).where('company_id', '=', scope.company_id).where('book', '=', o.book).where('code', '=', o.code).returning('name').executeTakeFirst()
    if (!r) throw scope.notFound()
    scope.note('account', `${o.book} ${o.code}`, { disabled: o.disabled })
    return { code: o.code }
  }),
]
