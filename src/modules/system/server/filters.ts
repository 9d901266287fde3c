// Saved filters: a person's own names for the queries of a list. Nobody else sees them; everybody signed in may keep some.
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { FILTERS_MAX, system, type FilterQuery } from '../contract.ts'

const mine = (scope: Scope) => scope.db.selectFrom('system.saved_filter').where('company_id', '=', scope.company_id).where('account_id', '=', scope.who.account_id)

async function freeName(scope: Scope, page: string, name: string, but: string | undefined): Promise<void> {
  const same = await mine(scope).select('filter_id').where('page', '=', page).where('name', '=', name).executeTakeFirst()
  if (same && same.filter_id !== but) throw scope.refuse('system.filter_name_taken', { name })
}

/** The one default of a list: the one before steps back. */
async function stepBack(scope: Scope, page: string): Promise<void> {
  await scope.db.updateTable('system.saved_filter').set({ is_default: false }).where('company_id', '=', scope.company_id).where('account_id', '=', scope.who.account_id).where('page', '=', page).where('is_default', '=', true).execute()
}

export const filterAnswers = [
  answer(system.filters, async (scope, { page }) => {
    const rows = await mine(scope).select(['filter_id', 'name', 'query', 'is_default']).where('page', '=', page).orderBy('created_at').orderBy('filter_id').limit(FILTERS_MAX).execute()
    return { rows: rows.map((r) => ({ ...r, query: r.query as FilterQuery })) }
  }),
  answer(system.saveFilter, async (scope, o) => {
    // One person at a time per list: the bound, the free name and the one default are decided under one lock.
    const all = await mine(scope).select(['filter_id', 'page']).where('page', '=', o.page).orderBy('filter_id').forUpdate().execute()
    await freeName(scope, o.page, o.name, o.filter_id)
    if (o.filter_id !== undefined && !all.some((f) => f.filter_id === o.filter_id)) throw scope.notFound()
    if (o.filter_id === undefined && all.length >= FILTERS_MAX) throw scope.refuse('system.filters_many', { max: FILTERS_MAX })
    if (o.is_default) await stepBack(scope, o.page)
    const filter_id = o.filter_id ?? uuidv7()
    const values = { name: o.name, query: JSON.stringify(o.query), is_default: o.is_default }
    if (o.filter_id !== undefined) await scope.db.updateTable('system.saved_filter').set(values).where('company_id', '=', scope.company_id).where('filter_id', '=', filter_id).execute()
    else {
      const made = await scope.db.insertInto('system.saved_filter').values({ company_id: scope.company_id, filter_id, account_id: scope.who.account_id!, page: o.page, created_at: scope.now, ...values }).onConflict((c) => c.doNothing()).returning('filter_id').executeTakeFirst()
      if (!made) throw scope.refuse('system.filter_name_taken', { name: o.name })
    }
    scope.note('saved_filter', filter_id, { page: o.page, name: o.name })
    return { filter_id }
  }),
  answer(system.removeFilter, async (scope, { filter_id }) => {
    const gone = await scope.db.deleteFrom('system.saved_filter').where('company_id', '=', scope.company_id).where('account_id', '=', scope.who.account_id).where('filter_id', '=', filter_id).returning('name').executeTakeFirst()
    if (!gone) throw scope.notFound()
    scope.note('saved_filter', filter_id, { name: gone.name })
    return { done: true as const }
  }),
]
