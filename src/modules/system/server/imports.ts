// Reading about imports: what can be imported, the batches, the rows of one.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { kindOfCompany } from '../../identity/server/index.ts'
import { system, type ImportRow } from '../contract.ts'
import { batches, importToRead, importsSeenBy, mayUse, type Kinds } from './access.ts'
import type { CommunityNames } from './kinds.ts'
import { detailOf, fieldsOf, viewed } from './view.ts'

const COUNTED = 10_000

export const importReads = (kinds: Kinds, names: CommunityNames) => [
  answer(system.importKinds, async (scope) => {
    const own = await kindOfCompany(scope)
    return { rows: [...kinds.values()].filter((k) => mayUse(scope, k) && (k.of ?? own) === own).map((k) => ({ kind: k.kind, zh: k.zh, needs_community: k.needs_community, notes: [...k.notes], fields: fieldsOf(k) })) }
  }),
  answer(system.import, async (scope, { import_id }) => {
    const { batch } = await importToRead(scope, kinds, import_id)
    return detailOf(scope, kinds, names, batch)
  }),
  answer(system.imports, async (scope, f) => {
    let q = batches(scope).where(importsSeenBy(scope, kinds))
    if (f.kind) q = q.where('b.kind', '=', f.kind)
    if (f.community_id) q = q.where('b.community_id', '=', f.community_id)
    if (f.state) q = q.where('b.state', '=', f.state)
    const { total } = await scope.db.selectFrom(q.clearSelect().select('b.import_id').limit(COUNTED).as('x')).select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await q.orderBy('b.created_at', 'desc').orderBy('b.import_id').limit(f.page_size).offset((f.page - 1) * f.page_size).execute()
    return { rows: await viewed(scope, kinds, names, rows), total }
  }),
  answer(system.importRows, async (scope, f) => {
    await importToRead(scope, kinds, f.import_id)
    const bad = sql<SqlBool>`(not ${f.only_bad}::boolean or problems is not null)`
    let q = scope.db.selectFrom('system.import_row').where('company_id', '=', scope.company_id).where('import_id', '=', f.import_id).where(bad)
    if (f.effect) q = q.where('effect', '=', f.effect)
    const { total } = await q.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await q.select(['row_no', 'raw', 'problems', 'effect', 'changes']).orderBy('row_no').limit(f.page_size).offset((f.page - 1) * f.page_size).execute()
    return { rows: rows.map((r) => ({ row_no: r.row_no, raw: r.raw as ImportRow['raw'], problems: (r.problems ?? []) as ImportRow['problems'], effect: r.effect as ImportRow['effect'], changes: (r.changes ?? []) as ImportRow['changes'] })), total }
  }),
]
