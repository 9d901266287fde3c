// The messages of whoever asks. A resident is known by phone: a new phone begins with an empty box, and nobody reads another's.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { OPTIONAL, messages, type Category, type Message } from '../contract.ts'
import { mineOf } from './access.ts'

const COUNT_MAX = 10_000
async function unreadCount(scope: Scope): Promise<number> {
  // The badge says 99+ above a hundred: counting stops there.
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (select from messages.message m where ${mineOf(scope)} and m.read_at is null limit 100) x`.execute(scope.db)
  return rows[0]!.n
}

const inbox = answer(messages.inbox, async (scope, f) => {
  const where: RawBuilder<SqlBool>[] = [mineOf(scope)]
  if (f.category) where.push(sql<SqlBool>`m.category = ${f.category}`)
  if (f.unread_only) where.push(sql<SqlBool>`m.read_at is null`)
  const all = sql.join(where, sql` and `)
  const { rows } = await sql<Message>`select m.message_id, m.category, m.title, m.body, m.link, m.created_at, m.read_at from messages.message m where ${all}
    order by m.created_at desc, m.message_id desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  const { rows: count } = await sql<{ n: number }>`select count(*)::int as n from (select from messages.message m where ${all} limit ${COUNT_MAX}) x`.execute(scope.db)
  return { rows, total: count[0]!.n, unread_count: await unreadCount(scope) }
})

const markRead = answer(messages.markRead, async (scope, { message_ids }) => {
  const { rows } = await sql`update messages.message m set read_at = ${scope.now} where ${mineOf(scope)} and m.read_at is null ${message_ids ? sql`and m.message_id = any(${message_ids}::uuid[])` : sql`and m.created_at <= ${scope.now}`} returning m.message_id`.execute(scope.db)
  return { count: rows.length }
})

async function preference(scope: Scope): Promise<{ sms_off: Category[]; wechat_off: Category[] }> {
  const row = await scope.db.selectFrom('messages.preference').select(['sms_off', 'wechat_off']).where('company_id', '=', scope.company_id).where('phone', '=', scope.who.phone ?? '').executeTakeFirst()
  return { sms_off: (row?.sms_off ?? []) as Category[], wechat_off: (row?.wechat_off ?? []) as Category[] }
}

export const inboxAnswers = [
  inbox,
  answer(messages.unread, async (scope) => ({ count: await unreadCount(scope) })),
  markRead,
  answer(messages.myPreference, preference),
  answer(messages.savePreference, async (scope, o) => {
    const phone = scope.who.phone
    if (!phone) throw scope.notFound()
    const off = (list: readonly Category[] | undefined): string[] | null => (list ? OPTIONAL.filter((c) => list.includes(c)) : null)
    const [sms, wechat] = [off(o.sms_off), off(o.wechat_off)]
    await sql`insert into messages.preference (company_id, phone, sms_off, wechat_off, changed_at) values (${scope.company_id}, ${phone}, coalesce(${sms}::text[], '{}'), coalesce(${wechat}::text[], '{}'), ${scope.now})
      on conflict (company_id, phone) do update set sms_off = coalesce(${sms}::text[], preference.sms_off), wechat_off = coalesce(${wechat}::text[], preference.wechat_off), changed_at = excluded.changed_at`.execute(scope.db)
    return preference(scope)
  }),
]
