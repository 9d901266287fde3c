// One device: registered, changed, put under maintenance, retired. Its secret is shown once; the digest stays.
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { iot, type BusProtocol, type Device, type Model } from '../contract.ts'
import { said, shownOf, type Latest } from '../shown.ts'
import { doorsOf, publicHost } from './doors.ts'
import { deviceOf, devicesSeenBy, reaches, tellGateway } from './access.ts'
import { addressFault } from './bus/dialect.ts'
import { endWaterOf } from './water.ts'
import { JOINED, STATE } from './list.ts'

type In = Out<(typeof iot.saveDevice)['takes']>
/** 24 letters: 144 random bits need no slow hash, and a gateway that starts sees all its devices at once. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const newSecret = (): string => randomBytes(18).toString('base64url')
/** Devices that come to us by themselves; the others are asked over a bus. */
export const speaksItself = (link: string): boolean => link === 'mqtt' || link === 'http'
/** Known by the address in its frames: it has no secret and hangs on no bus. */
const byFrame = (link: string): boolean => link === 'gb26875' || link === 'fire_printer' || link === 'hj212' || link === 'nbiot'
const TCP_PORT: Record<string, string> = { gb26875: 'HEYUAN_FIRE_PORT', fire_printer: 'HEYUAN_FIRE_PRINTER_PORT', hj212: 'HEYUAN_STATION_PORT' }

async function checkParts(scope: Scope, o: In, link: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ building: boolean; bus: boolean; gateway: boolean; equipment: boolean; meter: boolean; broker: boolean; meter_at: string | null; meter_no: string | null; at_address: string | null; same_frame: string | null; same_no: string | null; bus_name: string | null; protocol: BusProtocol | null }>`select
      (${o.building_id}::uuid is null or exists (select from property.building where company_id = ${c} and building_id = ${o.building_id}::uuid and community_id = ${o.community_id})) as building,
      (${o.bus_id}::uuid is null or exists (select from iot.bus where company_id = ${c} and bus_id = ${o.bus_id}::uuid and community_id = ${o.community_id})) as bus,
      (${o.gateway_id}::uuid is null or exists (select from iot.device where company_id = ${c} and device_id = ${o.gateway_id}::uuid and device_id is distinct from ${o.device_id ?? null}::uuid and community_id = ${o.community_id})) as gateway,
      (${o.equipment_id}::uuid is null or exists (select from equipment.device where company_id = ${c} and equipment_id = ${o.equipment_id}::uuid and community_id = ${o.community_id})) as equipment,
      (${o.meter_id}::uuid is null or exists (select from meters.meter where company_id = ${c} and meter_id = ${o.meter_id}::uuid and community_id = ${o.community_id} and removed_on is null)) as meter,
      (${o.broker_id ?? null}::uuid is null or (${link === 'mqtt'} and exists (select from iot.broker where company_id = ${c} and broker_id = ${o.broker_id ?? null}::uuid))) as broker,
      (select no from meters.meter where company_id = ${c} and meter_id = ${o.meter_id}::uuid) as meter_no,
      (select name from iot.device where company_id = ${c} and meter_id = ${o.meter_id}::uuid and life <> 'retired' and device_id is distinct from ${o.device_id ?? null}::uuid limit 1) as meter_at,
      (select name from iot.device where company_id = ${c} and bus_id = ${o.bus_id}::uuid and ltrim(address, '0') = ltrim(${o.address}, '0') and life <> 'retired' and device_id is distinct from ${o.device_id ?? null}::uuid limit 1) as at_address,
      (select d.name from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id and p.link = ${link} where d.company_id = ${c} and ${byFrame(link)} and upper(d.address) = upper(${o.address}) and d.life <> 'retired' and d.device_id is distinct from ${o.device_id ?? null}::uuid limit 1) as same_frame,
      (select name from iot.device where company_id = ${c} and no = ${o.no} and device_id is distinct from ${o.device_id ?? null}::uuid) as same_no,
      (select name from iot.bus where company_id = ${c} and bus_id = ${o.bus_id}::uuid) as bus_name, (select protocol from iot.bus where company_id = ${c} and bus_id = ${o.bus_id}::uuid) as protocol`.execute(scope.db)
  const r = rows[0]!
  if (!r.building || !r.bus || !r.gateway || !r.equipment || !r.meter || !r.broker) throw scope.refuse('iot.elsewhere')
  if (r.same_no !== null) throw scope.refuse('iot.no_taken', { no: o.no, name: r.same_no })
  if (!speaksItself(link) && ((!o.bus_id && !byFrame(link)) || !o.address)) throw scope.refuse('iot.address_missing', { link: said('link', link) })
  if (link === 'fire_printer' && !/^[\x21-\x7e]{4,40}$/.test(o.address ?? '')) throw scope.refuse('iot.printer_address')
  if (r.protocol !== null && !r.protocol.startsWith(link)) throw scope.refuse('iot.link_differs', { link: said('link', link), bus: r.bus_name })
  const odd = r.protocol === null || !o.address ? null : addressFault(r.protocol, o.address)
  if (odd) throw scope.refuse('iot.address_wrong', { address: o.address, why: odd })
  if (r.at_address !== null || r.same_frame !== null) throw scope.refuse('iot.address_taken', { address: o.address, name: r.at_address ?? r.same_frame })
  if (r.meter_at !== null) throw scope.refuse('iot.meter_taken', { meter: r.meter_no, name: r.meter_at })
}

export async function readDevice(scope: Scope, device_id: string): Promise<Device> {
  const c = scope.company_id
  type Raw = Omit<Device, 'values' | 'can' | 'mqtt_address' | 'mqtts_address' | 'http_address' | 'https_address' | 'tcp_address'> & { latest: Latest | null }
  const { rows } = await sql<Raw>`select d.device_id, d.no, d.name, p.name as product_name, p.category, d.community_id, k.name as community_name, b.name as building_name, d.place, ${STATE} as state, case when d.life = 'active' then s.conn_at else d.life_at end as state_at, s.heard_at, s.latest, p.model, d.product_id, d.building_id, p.link,
      d.address, d.bus_id, u.name as bus_name, d.gateway_id, g.name as gateway_name, d.broker_id, o.name as broker_name, d.equipment_id, e.no || ' ' || e.name as equipment_name, d.meter_id, m.no as meter_no, d.secret_hash is not null as has_secret, d.life, d.life_reason, d.life_at, d.settled_at, s.refused_at, s.refused_why, d.note, d.credential_at, u.credential_at as bus_credential_at
    from ${JOINED(c)} join iot.product p on p.company_id = ${c} and p.product_id = d.product_id join property.community k on k.company_id = ${c} and k.community_id = d.community_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
      left join iot.bus u on u.company_id = ${c} and u.bus_id = d.bus_id left join iot.device g on g.company_id = ${c} and g.device_id = d.gateway_id left join iot.broker o on o.company_id = ${c} and o.broker_id = d.broker_id left join equipment.device e on e.company_id = ${c} and e.equipment_id = d.equipment_id left join meters.meter m on m.company_id = ${c} and m.meter_id = d.meter_id
    where d.company_id = ${c} and d.device_id = ${device_id} and ${devicesSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  const { latest, ...d } = rows[0]
  const writes = reaches(scope, 'iot.device.write', d)
  const may = (ok: boolean, code: string): true | string => (!writes ? 'kernel.forbidden' : d.life === 'retired' ? 'iot.retired' : ok ? true : code)
  const [host, doors] = [publicHost(), await doorsOf(scope)]
  const path = `/v1/${d.device_id}/telemetry`
  const of = (is: boolean, base: string | null, more = ''): string | null => (is && base ? base + more : null)
  return {
    ...d, values: shownOf(d.model, latest ?? {}), can: { write: may(true, ''), maintain: may(d.life === 'active', 'iot.life_same'), resume: may(d.life === 'maintenance', 'iot.life_same'), retire: may(true, '') },
    tcp_address: TCP_PORT[d.link] && process.env[TCP_PORT[d.link]!] ? `${host}:${process.env[TCP_PORT[d.link]!]}` : null,
    mqtt_address: of(d.link === 'mqtt', doors.mqtt), mqtts_address: of(d.link === 'mqtt', doors.mqtts), http_address: of(speaksItself(d.link), doors.http, path), https_address: of(speaksItself(d.link), doors.https, path),
  }
}

export const deviceAnswers = [
  answer(iot.device, (scope, o) => readDevice(scope, o.device_id)),
  answer(iot.saveDevice, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const before = o.device_id ? await deviceOf(scope, o.device_id, { lock: true }) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    if (before?.life === 'retired') throw scope.refuse('iot.retired', { name: before.name })
    const product = (await sql<{ link: string }>`select link from iot.product where company_id = ${c} and product_id = ${o.product_id} and (retired_at is null or product_id = ${before?.product_id ?? null}::uuid)`.execute(scope.db)).rows[0]
    if (!product) throw scope.refuse('iot.product_gone')
    await checkParts(scope, o, product.link)
    const device_id = o.device_id ?? uuidv7()
    const secret = before || !speaksItself(product.link) ? null : (o.secret ?? newSecret())
    const values = {
      building_id: o.building_id, place: o.place, product_id: o.product_id, no: o.no, name: o.name, address: o.address || null, bus_id: o.bus_id, gateway_id: o.gateway_id, ...(o.broker_id === undefined ? {} : { broker_id: o.broker_id }), equipment_id: o.equipment_id, meter_id: o.meter_id, note: o.note || null,
      changed_by: scope.who.account_id, changed_at: scope.now, ...(secret ? { secret_hash: hashSecret(secret), secret_at: scope.now } : {}),
    }
    if (before && (await sql`select from iot.device where company_id = ${c} and device_id = ${device_id} and meter_id is distinct from ${o.meter_id}::uuid`.execute(scope.db)).rows.length) await endWaterOf(scope, device_id, '换到另一块表')
    if (before) await scope.db.updateTable('iot.device').set(values).where('company_id', '=', c).where('device_id', '=', device_id).execute()
    else await scope.db.insertInto('iot.device').values({ company_id: c, device_id, community_id: o.community_id, life: 'active', life_at: scope.now, created_at: scope.now, ...values }).execute()
    scope.note('device', device_id, { no: o.no, name: o.name, place: o.place })
    tellGateway(scope, 'registry')
    return { device_id, secret: o.secret ? null : secret }
  }),
  answer(iot.renewSecret, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id, { lock: true })
    const { rows } = await sql<{ link: string }>`select link from iot.product where company_id = ${scope.company_id} and product_id = ${d.product_id}`.execute(scope.db)
    if (!speaksItself(rows[0]!.link) || d.life === 'retired') throw scope.refuse('iot.no_secret_here')
    const secret = newSecret()
    await scope.db.updateTable('iot.device').set({ secret_hash: hashSecret(secret), secret_at: scope.now }).where('company_id', '=', scope.company_id).where('device_id', '=', d.device_id).execute()
    scope.note('device', d.device_id, { no: d.no, secret: 'renewed' })
    tellGateway(scope, 'registry')
    return { device_id: d.device_id, secret }
  }),
  answer(iot.setLife, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id, { lock: true })
    if (d.life === 'retired') throw scope.refuse('iot.retired', { name: d.name })
    if (d.life === o.life) throw scope.refuse('iot.life_same', { name: d.name, state: said('life', o.life) })
    await scope.db.updateTable('iot.device').set({ life: o.life, life_reason: o.reason, life_at: scope.now, changed_by: scope.who.account_id, changed_at: scope.now, ...(o.life === 'retired' ? { secret_hash: null, credential_sealed: null, credential_at: null } : {}) }).where('company_id', '=', scope.company_id).where('device_id', '=', d.device_id).execute()
    if (o.life === 'retired') await endWaterOf(scope, d.device_id, `设备停用:${o.reason}`)
    scope.note('device', d.device_id, { no: d.no, from: d.life, to: o.life, reason: o.reason })
    tellGateway(scope, 'registry')
    return { device_id: d.device_id }
  }),
  answer(iot.settleCounters, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id, { lock: true })
    const { rows } = await sql<{ model: Model }>`select model from iot.product where company_id = ${scope.company_id} and product_id = ${d.product_id}`.execute(scope.db)
    if (!rows[0]!.model.points.some((p) => p.kind === 'counter')) throw scope.refuse('iot.no_counter', { name: d.name })
    await endWaterOf(scope, d.device_id, `换表或清零:${o.reason}`)
    await scope.db.updateTable('iot.device').set({ settled_at: scope.now, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('device_id', '=', d.device_id).execute()
    scope.note('device', d.device_id, { no: d.no, settled: o.reason })
    tellGateway(scope, 'registry')
    return { device_id: d.device_id }
  }),
]
