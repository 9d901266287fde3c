// The browsers that want messages pushed: each is switched on by its own user on his own phone, and off there, by the end of the subscription, or by
// somebody else who switches it on in the same browser.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { messages } from '../contract.ts'
import { PUSH_DEVICES_MAX, type PushDevice } from '../contract_push.ts'
import { newKeys, serviceOf, type PushAddress, type PushKeys } from './outside/web_push.ts'
import type { PushAsk } from './push_send.ts'

const hash = (endpoint: string): string => createHash('sha256').update(endpoint).digest('base64url')
const mine = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`company_id = ${scope.company_id} and account_id = ${scope.who.account_id} and ended_at is null`

export async function pushKeysOf(scope: Scope): Promise<PushKeys | null> {
  const { rows } = await sql<{ public_key: string; private_sealed: string }>`select public_key, private_sealed from messages.push_key where company_id = ${scope.company_id}`.execute(scope.db)
  return rows[0] ? { public_key: rows[0].public_key, private_key: openText(rows[0].private_sealed) } : null
}
/** Two at once make one pair: the primary key decides. */
async function keysMade(scope: Scope): Promise<PushKeys> {
  const known = await pushKeysOf(scope)
  if (known) return known
  const fresh = newKeys()
  await sql`insert into messages.push_key (company_id, public_key, private_sealed, made_at) values (${scope.company_id}, ${fresh.public_key}, ${sealText(fresh.private_key)}, ${scope.now}) on conflict do nothing`.execute(scope.db)
  return (await pushKeysOf(scope))!
}

const addDevice = (app: () => App) =>
  answer(messages.addPushDevice, async (scope, f) => {
    const service = serviceOf(f.endpoint, app().mode)
    if (!service) throw scope.refuse('messages.push_service', { host: new URL(f.endpoint).hostname })
    const endpoint_hash = hash(f.endpoint)
    // One browser, and one person's browsers, at a time: the count below must not run beside another.
    for (const what of [endpoint_hash, scope.who.account_id!].sort()) await sql`select pg_advisory_xact_lock(hashtextextended(${`messages.push ${scope.company_id} ${what}`}, 0))`.execute(scope.db)
    await sql`update messages.push_device set ended_at = ${scope.now}, ended_why = '同一浏览器重新开启' where company_id = ${scope.company_id} and endpoint_hash = ${endpoint_hash} and ended_at is null`.execute(scope.db)
    const { rows: have } = await sql<{ n: number }>`select count(*)::int as n from messages.push_device where ${mine(scope)}`.execute(scope.db)
    if (have[0]!.n >= PUSH_DEVICES_MAX) throw scope.refuse('messages.push_many', { max: PUSH_DEVICES_MAX })
    const device_id = uuidv7()
    const address: PushAddress = { endpoint: f.endpoint, p256dh: f.p256dh, auth: f.auth }
    await sql`insert into messages.push_device (company_id, device_id, account_id, phone, endpoint_hash, service, address_sealed, browser, show_text, created_at)
      values (${scope.company_id}, ${device_id}, ${scope.who.account_id}, ${scope.who.kind === 'resident' ? scope.who.phone : null}, ${endpoint_hash}, ${service}, ${sealText(JSON.stringify(address))}, ${f.browser}, ${f.show_text}, ${scope.now})`.execute(scope.db)
    scope.later({ name: 'messages.push', payload: { device_id, message_id: null } satisfies PushAsk })
    scope.note('push_device', device_id, { browser: f.browser, service })
    return { device_id }
  })

async function changed(scope: Scope, device_id: string, change: RawBuilder<unknown>): Promise<{ device_id: string }> {
  const { rows } = await sql`update messages.push_device set ${change} where ${mine(scope)} and device_id = ${device_id} returning device_id`.execute(scope.db)
  if (rows.length === 0) throw scope.notFound()
  return { device_id }
}

export const pushDeviceAnswers = (app: () => App) => [
  answer(messages.pushKey, async (scope) => ({ public_key: (await keysMade(scope)).public_key })),
  answer(messages.myPushDevices, async (scope) => ({
    rows: (await sql<PushDevice>`select device_id, browser, show_text, created_at, last_sent_at from messages.push_device where ${mine(scope)} order by created_at desc limit ${PUSH_DEVICES_MAX}`.execute(scope.db)).rows,
  })),
  addDevice(app),
  answer(messages.setPushDevice, async (scope, f) => changed(scope, f.device_id, sql`show_text = ${f.show_text}`)),
  answer(messages.endPushDevice, async (scope, f) => {
    const done = await changed(scope, f.device_id, sql`ended_at = ${scope.now}, ended_why = '本人关闭'`)
    scope.note('push_device', f.device_id, { ended: true })
    return done
  }),
]
