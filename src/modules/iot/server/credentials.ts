// The password by which meters on a bus let themselves be switched: written here, sealed, opened by the gateway alone at the moment of a command.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Db } from '../../../kernel/db.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { iot } from '../contract.ts'
import { said } from '../shown.ts'
import { deviceOf } from './access.ts'
import type { Credential } from './bus/switching.ts'
import { busOf } from './buses.ts'

/** What knows a password: the other protocols of meters have none. */
const KNOWS = 'dlt645_2007'
/** Its own, else that of its bus; null: none is set. */
export async function credentialOf(db: Db, company_id: number, device_id: string): Promise<Credential | null> {
  const { rows } = await sql<{ sealed: string | null }>`select coalesce(d.credential_sealed, b.credential_sealed) as sealed from iot.device d left join iot.bus b on b.company_id = ${company_id} and b.bus_id = d.bus_id where d.company_id = ${company_id} and d.device_id = ${device_id}`.execute(db)
  return rows[0]?.sealed ? (JSON.parse(openText(rows[0].sealed)) as Credential) : null
}
const sealedOf = (scope: Scope, o: Credential | null) => ({ credential_sealed: o ? sealText(JSON.stringify({ level: o.level, password: o.password.toUpperCase(), operator: o.operator.toUpperCase() } satisfies Credential)) : null, credential_at: o ? scope.now : null })
async function ofBus(scope: Scope, bus_id: string, o: Credential | null): Promise<{ bus_id: string }> {
  const b = await busOf(scope, bus_id)
  if (b.protocol !== KNOWS) throw scope.refuse('iot.credential_none', { protocol: said('protocol', b.protocol) })
  await scope.db.updateTable('iot.bus').set(sealedOf(scope, o)).where('company_id', '=', scope.company_id).where('bus_id', '=', bus_id).execute()
  scope.note('bus', bus_id, { name: b.name, credential: o ? 'set' : 'forgotten' })
  return { bus_id }
}
async function ofDevice(scope: Scope, device_id: string, o: Credential | null): Promise<{ device_id: string }> {
  const d = await deviceOf(scope, device_id, { lock: true })
  const { rows } = await sql<{ link: string }>`select link from iot.product where company_id = ${scope.company_id} and product_id = ${d.product_id}`.execute(scope.db)
  if (d.life === 'retired') throw scope.refuse('iot.retired', { name: d.name })
  if (rows[0]!.link !== KNOWS) throw scope.refuse('iot.credential_none', { protocol: said('link', rows[0]!.link) })
  await scope.db.updateTable('iot.device').set(sealedOf(scope, o)).where('company_id', '=', scope.company_id).where('device_id', '=', device_id).execute()
  scope.note('device', device_id, { no: d.no, credential: o ? 'set' : 'forgotten' })
  return { device_id }
}
export const credentialAnswers = [
  answer(iot.setBusCredential, (scope, o) => ofBus(scope, o.bus_id, o)),
  answer(iot.forgetBusCredential, (scope, o) => ofBus(scope, o.bus_id, null)),
  answer(iot.setDeviceCredential, (scope, o) => ofDevice(scope, o.device_id, o)),
  answer(iot.forgetDeviceCredential, (scope, o) => ofDevice(scope, o.device_id, null)),
]
