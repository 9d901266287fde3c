// Channels as people see and set them: the gateway, operators' platforms, brokers of others. Secrets are sealed; of an operator's it is shown once what to write there.
import { randomBytes, X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { sealText } from '../../../kernel/seal.ts'
import { iot, type BrokerRow, type OperatorRow } from '../contract.ts'
import { tellGateway, wholeCompany } from './access.ts'
import { doorsOf, publicHost } from './doors.ts'

const MAX = 20
export const BEAT_STALE_S = 40
const STATE = (scope: Scope, t: 'o' | 'b') => sql`case when ${sql.ref(`${t}.stopped_at`)} is not null then 'stopped' when s.line is null or s.changed_at < ${scope.now}::timestamptz - make_interval(secs => ${BEAT_STALE_S}) then 'unknown' else s.line end as line, s.line_why, s.heard_at, coalesce(s.heard_count, 0)::int as heard_count, s.refused_at, s.refused_why, coalesce(s.refused_count, 0)::int as refused_count, ${sql.ref(`${t}.stopped_at`)} is not null as stopped`
/** CTWing signs nothing that its push documents: its address is its secret. OneNET signs with a token (letters and digits). */
const newSecret = (): string => randomBytes(16).toString('hex')
const toldOf = async (scope: Scope, kind: string, operator_id: string, secret: string) => {
  const doors = await doorsOf(scope)
  const base = `${doors.http ?? doors.https ?? `http://${publicHost()}:8095`}/operator/${operator_id}`
  return kind === 'ctwing' ? { url: `${base}/${secret}`, token: null } : { url: base, token: secret }
}
async function operatorToChange(scope: Scope, operator_id: string): Promise<{ name: string; kind: string }> {
  wholeCompany(scope)
  const { rows } = await sql<{ name: string; kind: string }>`select name, kind from iot.operator where company_id = ${scope.company_id} and operator_id = ${operator_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
async function brokerToChange(scope: Scope, broker_id: string): Promise<{ name: string; password_sealed: string | null; ca: string | null }> {
  wholeCompany(scope)
  const { rows } = await sql<{ name: string; password_sealed: string | null; ca: string | null }>`select name, password_sealed, ca from iot.broker where company_id = ${scope.company_id} and broker_id = ${broker_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const certificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).validTo !== ''
  } catch {
    return false
  }
}
const operatorAnswers = [
  answer(iot.saveOperator, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const before = o.operator_id ? await operatorToChange(scope, o.operator_id) : null
    const others = (await sql<{ name: string }>`select name from iot.operator where company_id = ${c} and operator_id is distinct from ${o.operator_id ?? null}::uuid`.execute(scope.db)).rows
    if (others.some((r) => r.name === o.name)) throw scope.refuse('iot.channel_taken', { name: o.name })
    if (!before && others.length >= MAX) throw scope.refuse('iot.channels_many', { max: MAX })
    const operator_id = o.operator_id ?? uuidv7()
    const secret = before ? null : newSecret()
    // The platform of an account stays: its secret is of that platform's kind.
    if (before) await scope.db.updateTable('iot.operator').set({ name: o.name, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', c).where('operator_id', '=', operator_id).execute()
    else await scope.db.insertInto('iot.operator').values({ company_id: c, operator_id, name: o.name, kind: o.kind, secret_sealed: sealText(secret!), secret_at: scope.now, changed_by: scope.who.account_id, changed_at: scope.now }).execute()
    scope.note('operator', operator_id, { name: o.name, kind: before?.kind ?? o.kind })
    tellGateway(scope, 'registry')
    return { operator_id, told: secret ? await toldOf(scope, o.kind, operator_id, secret) : null }
  }),
  answer(iot.renewOperator, async (scope, o) => {
    const before = await operatorToChange(scope, o.operator_id)
    const secret = newSecret()
    await scope.db.updateTable('iot.operator').set({ secret_sealed: sealText(secret), secret_at: scope.now, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('operator_id', '=', o.operator_id).execute()
    scope.note('operator', o.operator_id, { name: before.name, secret: 'renewed' })
    tellGateway(scope, 'registry')
    return { operator_id: o.operator_id, told: await toldOf(scope, before.kind, o.operator_id, secret) }
  }),
  answer(iot.stopOperator, async (scope, o) => {
    const before = await operatorToChange(scope, o.operator_id)
    await scope.db.updateTable('iot.operator').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('operator_id', '=', o.operator_id).execute()
    scope.note('operator', o.operator_id, { name: before.name, stopped: o.stopped })
    tellGateway(scope, 'registry')
    return { operator_id: o.operator_id }
  }),
]
const brokerAnswers = [
  answer(iot.saveBroker, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const before = o.broker_id ? await brokerToChange(scope, o.broker_id) : null
    const others = (await sql<{ name: string }>`select name from iot.broker where company_id = ${c} and broker_id is distinct from ${o.broker_id ?? null}::uuid`.execute(scope.db)).rows
    if (others.some((r) => r.name === o.name)) throw scope.refuse('iot.channel_taken', { name: o.name })
    if (!before && others.length >= MAX) throw scope.refuse('iot.channels_many', { max: MAX })
    if (o.ca && !certificate(o.ca)) throw scope.refuse('iot.ca_wrong')
    const broker_id = o.broker_id ?? uuidv7()
    const values = { name: o.name, host: o.host, port: o.port, tls: o.tls, ca: o.ca === undefined ? (before?.ca ?? null) : o.ca || null, username: o.username || null, password_sealed: o.password ? sealText(o.password) : (before?.password_sealed ?? null), prefix: o.prefix, changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('iot.broker').set(values).where('company_id', '=', c).where('broker_id', '=', broker_id).execute()
    else await scope.db.insertInto('iot.broker').values({ company_id: c, broker_id, ...values }).execute()
    scope.note('broker', broker_id, { name: o.name, host: o.host, port: o.port, tls: o.tls, prefix: o.prefix })
    tellGateway(scope, 'registry')
    return { broker_id }
  }),
  answer(iot.stopBroker, async (scope, o) => {
    const before = await brokerToChange(scope, o.broker_id)
    await scope.db.updateTable('iot.broker').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('broker_id', '=', o.broker_id).execute()
    scope.note('broker', o.broker_id, { name: before.name, stopped: o.stopped })
    tellGateway(scope, 'registry')
    return { broker_id: o.broker_id }
  }),
]
export const channelAnswers = [
  answer(iot.channels, async (scope) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows: g } = await sql<{ started_at: string; beat_at: string; alive: boolean; figures: Record<string, number> }>`select started_at, beat_at, beat_at > ${scope.now}::timestamptz - make_interval(secs => ${BEAT_STALE_S}) as alive, figures from iot.gateway where company_id = ${c}`.execute(scope.db)
    const { rows: operators } = await sql<OperatorRow>`select o.operator_id, o.name, o.kind, ${STATE(scope, 'o')}, (select count(*)::int from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id and p.link = 'nbiot' where d.company_id = ${c} and d.life <> 'retired') as device_count from iot.operator o left join iot.channel_state s on s.company_id = ${c} and s.channel_id = o.operator_id where o.company_id = ${c} order by o.name limit ${MAX}`.execute(scope.db)
    const { rows: brokers } = await sql<BrokerRow>`select b.broker_id, b.name, b.host, b.port, b.tls, b.ca is not null as has_ca, b.username, b.password_sealed is not null as has_password, b.prefix, ${STATE(scope, 'b')}, (select count(*)::int from iot.device d where d.company_id = ${c} and d.broker_id = b.broker_id and d.life <> 'retired') as device_count from iot.broker b left join iot.channel_state s on s.company_id = ${c} and s.channel_id = b.broker_id where b.company_id = ${c} order by b.name limit ${MAX}`.execute(scope.db)
    const f = g[0]?.figures ?? {}
    const { mqtt, mqtts, http, https, tls } = await doorsOf(scope)
    return {
      gateway: { started_at: g[0]?.started_at ?? null, beat_at: g[0]?.beat_at ?? null, alive: g[0]?.alive ?? false, messages: f['messages'] ?? 0, points: f['points'] ?? 0, events: f['events'] ?? 0, refused: f['refused'] ?? 0, mqtt_address: mqtt, mqtts_address: mqtts, http_address: http, https_address: https, tls },
      operators, brokers,
    }
  }),
  ...operatorAnswers, ...brokerAnswers,
]
