// Accounts of smart-home platforms (IOT-07): made by who looks after the whole company; the secret is shown once.
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { iot, type FeedRow } from '../contract.ts'
import { tellGateway, wholeCompany } from './access.ts'
import { doorsOf } from './doors.ts'

const MAX = 50
const newSecret = (): { secret: string; hash: string } => {
  const secret = randomBytes(18).toString('base64url')
  return { secret, hash: createHash('sha256').update(secret).digest('hex') }
}
async function feedToChange(scope: Scope, feed_id: string): Promise<{ name: string }> {
  wholeCompany(scope)
  const { rows } = await sql<{ name: string }>`select name from iot.feed where company_id = ${scope.company_id} and feed_id = ${feed_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const feedAnswers = [
  answer(iot.feeds, async (scope) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows } = await sql<Omit<FeedRow, 'mqtt_address'>>`select f.feed_id, f.name, f.community_id, k.name as community_name, f.prefix, f.may_command, f.connected_at, f.stopped_at is not null as stopped, (select count(*)::int from iot.device d where d.company_id = ${c} and d.community_id = f.community_id and d.life <> 'retired') as device_count
      from iot.feed f join property.community k on k.company_id = ${c} and k.community_id = f.community_id where f.company_id = ${c} order by f.name limit ${MAX}`.execute(scope.db)
    const { mqtt, mqtts } = await doorsOf(scope)
    return { rows: rows.map((r) => ({ ...r, mqtt_address: mqtt ?? mqtts })) }
  }),
  answer(iot.saveFeed, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    if (o.feed_id) await feedToChange(scope, o.feed_id)
    const others = (await sql<{ name: string }>`select name from iot.feed where company_id = ${c} and feed_id is distinct from ${o.feed_id ?? null}::uuid`.execute(scope.db)).rows
    if (others.some((r) => r.name === o.name)) throw scope.refuse('iot.feed_taken', { name: o.name })
    if (!o.feed_id && others.length >= MAX) throw scope.refuse('iot.feeds_many', { max: MAX })
    const feed_id = o.feed_id ?? uuidv7()
    const made = o.feed_id ? null : newSecret()
    const values = { name: o.name, community_id: o.community_id, prefix: o.prefix, may_command: o.may_command, changed_by: scope.who.account_id, changed_at: scope.now }
    if (made) await scope.db.insertInto('iot.feed').values({ company_id: c, feed_id, secret_hash: made.hash, secret_at: scope.now, ...values }).execute()
    else await scope.db.updateTable('iot.feed').set(values).where('company_id', '=', c).where('feed_id', '=', feed_id).execute()
    scope.note('feed', feed_id, { name: o.name, prefix: o.prefix, may_command: o.may_command })
    tellGateway(scope, 'registry')
    return { feed_id, secret: made?.secret ?? null }
  }),
  answer(iot.stopFeed, async (scope, o) => {
    const f = await feedToChange(scope, o.feed_id)
    await scope.db.updateTable('iot.feed').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('feed_id', '=', o.feed_id).execute()
    scope.note('feed', o.feed_id, { name: f.name, stopped: o.stopped })
    tellGateway(scope, 'registry')
    return { feed_id: o.feed_id }
  }),
  answer(iot.renewFeedSecret, async (scope, o) => {
    const f = await feedToChange(scope, o.feed_id)
    const made = newSecret()
    await scope.db.updateTable('iot.feed').set({ secret_hash: made.hash, secret_at: scope.now, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('feed_id', '=', o.feed_id).execute()
    scope.note('feed', o.feed_id, { name: f.name, secret: 'renewed' })
    tellGateway(scope, 'registry')
    return { feed_id: o.feed_id, secret: made.secret }
  }),
]
